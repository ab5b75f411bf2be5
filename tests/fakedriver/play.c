// The rules, the counts and the record of calls: what every function does before it answers.

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "play.h"

enum { ANY_ERROR = -1 };

static const int ERRORS[] = {NOT_SUPPORTED, 4, TIMEOUT, 11, GPU_IS_LOST, 16, 17, OUT_OF_MEMORY, 21, 23, UNKNOWN};

static uint32_t at_once[GPUS];

uint64_t microseconds(int clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int put(char *to, unsigned size, const char *text)
{
    if (!to)
        return INVALID_ARGUMENT;
    if (strlen(text) >= size)
        return INSUFFICIENT_SIZE;
    strcpy(to, text);
    return SUCCESS;
}

static void record(enum function function, int gpu)
{
    uint64_t number = __atomic_fetch_add(&state->called, 1, __ATOMIC_SEQ_CST);
    struct call *call = &state->calls[number % CALLS];
    __atomic_store_n(&call->number, 0, __ATOMIC_SEQ_CST);
    call->us = microseconds(CLOCK_MONOTONIC);
    call->thread = (uint32_t)syscall(SYS_gettid);
    call->function = (uint16_t)function;
    call->gpu = (int16_t)gpu;
    __atomic_store_n(&call->number, number + 1, __ATOMIC_SEQ_CST);
}

// As good as random, and the same in every run.
static uint32_t mixed(uint32_t number)
{
    number = (number ^ number >> 16) * 0x45d9f3bu;
    number = (number ^ number >> 16) * 0x45d9f3bu;
    return number ^ number >> 16;
}

static int failure(volatile struct rule *rule, uint32_t number)
{
    if (rule->per_mille && mixed(number) % 1000 >= rule->per_mille)
        return SUCCESS;
    if (rule->result == ANY_ERROR)
        return ERRORS[mixed(number + 1) % (sizeof ERRORS / sizeof *ERRORS)];
    return rule->result;
}

static int act(volatile struct rule *rule, uint32_t number)
{
    if (number <= rule->after || (rule->times && number > rule->after + rule->times))
        return SUCCESS;
    if (rule->latency_us)
        usleep(rule->latency_us);
    while (rule->action == HANG)
        usleep(1000);
    if (rule->action == CRASH)
        *(volatile int *)0 = 0;
    return failure(rule, number);
}

static void enter(struct gpu *gpu)
{
    uint32_t now = __atomic_add_fetch(&at_once[gpu - state->gpus], 1, __ATOMIC_SEQ_CST);
    uint32_t most = gpu->at_once;
    while (now > most &&
           !__atomic_compare_exchange_n(&gpu->at_once, &most, now, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
}

int play(enum function function, struct gpu *gpu)
{
    if (!driver_is_open() && !(state && function == F_nvmlInitWithFlags))
        return UNINITIALIZED;
    volatile struct rule *rule = gpu ? &gpu->rules[function] : &state->rules[function];
    uint32_t number = __atomic_add_fetch(&rule->calls, 1, __ATOMIC_SEQ_CST);
    record(function, gpu ? (int)(gpu - state->gpus) : -1);
    if (gpu)
        enter(gpu);
    int result = act(rule, number);
    if (gpu)
        __atomic_sub_fetch(&at_once[gpu - state->gpus], 1, __ATOMIC_SEQ_CST);
    return result ? result : condition_of(gpu);
}

int play_device(enum function function, struct device *handle, struct gpu **gpu, struct instance **instance)
{
    if (!driver_is_open())
        return UNINITIALIZED;
    struct instance *part = 0;
    int divided = mig_device(handle, gpu, &part);
    if (!divided)
        *gpu = (struct gpu *)handle;
    if (index_of(*gpu) < 0)
        return INVALID_ARGUMENT;
    int result = play(function, *gpu);
    if (result)
        return result;
    if (divided && (!instance || !part))
        return INVALID_ARGUMENT;
    if (instance)
        *instance = part;
    return SUCCESS;
}
