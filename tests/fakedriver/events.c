// Sets of events, and waiting for them: what happened before a GPU was registered is lost.

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "play.h"

struct set {
    uint64_t next; // the number of the event that is looked at next
    uint64_t types[GPUS];
    uint64_t since[GPUS]; // the number of the first event that counts
};

struct event_data {
    struct device *device;
    uint64_t type, data;
    uint32_t gpu_instance, compute_instance;
};

static uint64_t happened(void)
{
    return __atomic_load_n(&state->happened, __ATOMIC_ACQUIRE);
}

int nvmlEventSetCreate(struct set **set)
{
    ABOUT_SYSTEM(nvmlEventSetCreate);
    *set = calloc(1, sizeof **set);
    if (!*set)
        return OUT_OF_MEMORY;
    (*set)->next = happened();
    return SUCCESS;
}

int nvmlEventSetFree(struct set *set)
{
    ABOUT_SYSTEM(nvmlEventSetFree);
    free(set);
    return SUCCESS;
}

int nvmlDeviceGetSupportedEventTypes(struct device *handle, unsigned long long *types)
{
    ABOUT_GPU(nvmlDeviceGetSupportedEventTypes, handle);
    *types = gpu->event_types;
    return SUCCESS;
}

int nvmlDeviceRegisterEvents(struct device *handle, unsigned long long types, struct set *set)
{
    ABOUT_GPU(nvmlDeviceRegisterEvents, handle);
    if (!set)
        return INVALID_ARGUMENT;
    if (types & ~gpu->event_types)
        return NOT_SUPPORTED;
    unsigned slot = (unsigned)(gpu - state->gpus);
    if (!set->types[slot])
        set->since[slot] = happened();
    set->types[slot] |= types;
    return SUCCESS;
}

// Move on to the next event that the set waits for; false if none has happened yet.
static int take(struct set *set, struct event_data *data)
{
    uint64_t end = happened();
    if (end > EVENTS && set->next < end - EVENTS)
        set->next = end - EVENTS;
    while (set->next < end) {
        const struct event *event = &state->events[set->next % EVENTS];
        int counts = set->types[event->gpu] & event->type && set->next >= set->since[event->gpu];
        set->next++;
        if (counts) {
            *data = (struct event_data){(struct device *)&state->gpus[event->gpu], event->type, event->data,
                                        event->gpu_instance, event->compute_instance};
            return 1;
        }
    }
    return 0;
}

static int condition_of_registered(const struct set *set)
{
    for (unsigned slot = 0; slot < GPUS; slot++)
        if (set->types[slot] && condition_of(&state->gpus[slot]))
            return condition_of(&state->gpus[slot]);
    return SUCCESS;
}

int nvmlEventSetWait_v2(struct set *set, struct event_data *data, unsigned timeout_ms)
{
    ABOUT_SYSTEM(nvmlEventSetWait_v2);
    if (!set || !data)
        return INVALID_ARGUMENT;
    uint64_t end = microseconds(CLOCK_MONOTONIC) + timeout_ms * 1000ull;
    for (;;) {
        if (take(set, data))
            return SUCCESS;
        int condition = condition_of_registered(set);
        if (condition)
            return condition;
        if (microseconds(CLOCK_MONOTONIC) >= end)
            return TIMEOUT;
        usleep(20000); // what waiting costs here must not count as what an exporter costs
    }
}
