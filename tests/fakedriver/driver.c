// A libnvidia-ml.so.1 without a GPU: every answer comes from the file that FAKE_NVML_STATE names.
// Structures follow nvml.h; a handle is the address of the GPU's part of the mapped file.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "play.h"

static struct state *state;

int play(volatile struct rule *rule, int32_t condition)
{
    __atomic_add_fetch(&rule->calls, 1, __ATOMIC_SEQ_CST);
    if (rule->latency_us)
        usleep(rule->latency_us);
    while (rule->action == HANG)
        usleep(1000);
    if (rule->action == CRASH)
        *(volatile int *)0 = 0;
    return rule->result ? rule->result : condition;
}

int put(char *to, unsigned size, const char *text)
{
    if (strlen(text) >= size)
        return INSUFFICIENT_SIZE;
    strcpy(to, text);
    return SUCCESS;
}

int nvmlInitWithFlags(unsigned flags)
{
    (void)flags;
    if (!state) {
        const char *path = getenv("FAKE_NVML_STATE");
        int file = path ? open(path, O_RDWR) : -1;
        struct stat info;
        if (file < 0 || fstat(file, &info) || info.st_size != sizeof *state)
            return UNKNOWN;
        void *mapped = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
        if (mapped == MAP_FAILED || ((struct state *)mapped)->size != sizeof *state)
            return UNKNOWN;
        state = mapped;
    }
    dprintf(STDOUT_FILENO, "A library prints where it likes.\n");
    ABOUT_SYSTEM(nvmlInitWithFlags);
    return SUCCESS;
}

int nvmlShutdown(void)
{
    ABOUT_SYSTEM(nvmlShutdown);
    return SUCCESS;
}

const char *nvmlErrorString(int code)
{
    return code == SUCCESS ? "Success" : "an error of the fake driver";
}

int nvmlSystemGetDriverVersion(char *version, unsigned size)
{
    ABOUT_SYSTEM(nvmlSystemGetDriverVersion);
    return put(version, size, state->driver_version);
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    ABOUT_SYSTEM(nvmlDeviceGetCount_v2);
    *count = state->count;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct gpu **handle)
{
    if (index >= state->count)
        return INVALID_ARGUMENT;
    ABOUT_GPU(nvmlDeviceGetHandleByIndex_v2, &state->gpus[index]);
    *handle = &state->gpus[index];
    return SUCCESS;
}
