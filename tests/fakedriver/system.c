// What the fake driver answers about itself and about which GPUs there are.

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "play.h"

int nvmlInitWithFlags(unsigned flags)
{
    (void)flags;
    if (!attach())
        return UNKNOWN;
    dprintf(STDOUT_FILENO, "A library prints where it likes.\n");
    ABOUT_SYSTEM(nvmlInitWithFlags);
    open_driver();
    return SUCCESS;
}

// A library that no longer fits the kernel's half still lets go of it.
int nvmlShutdown(void)
{
    int result = play(F_nvmlShutdown, 0);
    if (result == SUCCESS || result == LIB_RM_VERSION_MISMATCH)
        close_driver();
    return result;
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

int nvmlSystemGetNVMLVersion(char *version, unsigned size)
{
    ABOUT_SYSTEM(nvmlSystemGetNVMLVersion);
    return put(version, size, state->nvml_version);
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    ABOUT_SYSTEM(nvmlDeviceGetCount_v2);
    *count = gpu_count();
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **handle)
{
    if (!driver_is_open())
        return UNINITIALIZED;
    if (index >= gpu_count())
        return INVALID_ARGUMENT;
    int result = play(F_nvmlDeviceGetHandleByIndex_v2, gpu_at(index));
    *handle = result ? NULL : (struct device *)gpu_at(index);
    return result;
}

static struct device *device_called(const char *uuid)
{
    for (unsigned index = 0; index < gpu_count(); index++) {
        struct gpu *gpu = gpu_at(index);
        if (!strcmp(gpu->uuid, uuid))
            return (struct device *)gpu;
        for (struct instance *part = gpu->instances; part < gpu->instances + INSTANCES; part++)
            if (gpu->mig && part->serial && !strcmp(part->uuid, uuid))
                return mig_handle(gpu, part);
    }
    return NULL;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, struct device **handle)
{
    ABOUT_SYSTEM(nvmlDeviceGetHandleByUUID);
    *handle = device_called(uuid);
    return *handle ? SUCCESS : NOT_FOUND;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *bus_id, struct device **handle)
{
    ABOUT_SYSTEM(nvmlDeviceGetHandleByPciBusId_v2);
    for (unsigned index = 0; index < gpu_count(); index++)
        if (!strcasecmp(gpu_at(index)->bus_id, bus_id)) {
            *handle = (struct device *)gpu_at(index);
            return condition_of(gpu_at(index));
        }
    return NOT_FOUND;
}
