// GPUs that are divided. A MIG device's handle is an entry of a table, good until that device is destroyed.

#include <pthread.h>
#include <string.h>

#include "play.h"

enum { HANDLES = 1024 };

struct handle {
    struct gpu *gpu;
    struct instance *instance;
    uint64_t serial;
};

static struct handle handles[HANDLES];
static unsigned known;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int mig_device(struct device *device, struct gpu **gpu, struct instance **instance)
{
    struct handle *handle = (struct handle *)device;
    if (handle < handles || handle >= handles + HANDLES || !handle->gpu)
        return 0;
    int alive = handle->gpu->mig && handle->instance->serial == handle->serial;
    *gpu = handle->gpu;
    *instance = alive ? handle->instance : NULL;
    return 1;
}

struct device *mig_handle(struct gpu *gpu, struct instance *instance)
{
    struct handle wanted = {gpu, instance, instance->serial};
    pthread_mutex_lock(&lock);
    unsigned place = 0;
    while (place < known && memcmp(&handles[place], &wanted, sizeof wanted))
        place++;
    if (place == known && known < HANDLES)
        handles[known++] = wanted;
    pthread_mutex_unlock(&lock);
    return place < HANDLES ? (struct device *)&handles[place] : NULL;
}

int nvmlDeviceGetMigMode(struct device *handle, unsigned *current, unsigned *pending)
{
    ABOUT_GPU(nvmlDeviceGetMigMode, handle);
    *current = gpu->mig;
    *pending = gpu->mig_pending;
    return gpu->most_instances ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetMaxMigDeviceCount(struct device *handle, unsigned *count)
{
    ABOUT_GPU(nvmlDeviceGetMaxMigDeviceCount, handle);
    *count = gpu->mig ? gpu->most_instances : 0;
    return SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(struct device *handle, unsigned index, struct device **device)
{
    ABOUT_GPU(nvmlDeviceGetMigDeviceHandleByIndex, handle);
    if (!gpu->most_instances)
        return NOT_SUPPORTED;
    if (index >= gpu->most_instances)
        return INVALID_ARGUMENT;
    if (!gpu->mig || index >= INSTANCES || !gpu->instances[index].serial)
        return NOT_FOUND;
    *device = mig_handle(gpu, &gpu->instances[index]);
    return *device ? SUCCESS : OUT_OF_MEMORY;
}

int nvmlDeviceIsMigDeviceHandle(struct device *handle, unsigned *is)
{
    ABOUT_DEVICE(nvmlDeviceIsMigDeviceHandle, handle);
    *is = instance != NULL;
    return SUCCESS;
}

// What only a MIG device has.
#define ONE_NUMBER(name, member)                                                                                       \
    int name(struct device *handle, unsigned *value)                                                                   \
    {                                                                                                                  \
        ABOUT_DEVICE(name, handle);                                                                                    \
        if (!instance)                                                                                                 \
            return INVALID_ARGUMENT;                                                                                   \
        *value = instance->member;                                                                                     \
        return SUCCESS;                                                                                                \
    }

ONE_NUMBER(nvmlDeviceGetGpuInstanceId, gpu_instance)
ONE_NUMBER(nvmlDeviceGetComputeInstanceId, compute_instance)

struct attributes {
    uint32_t numbers[8];
    uint64_t memory_mebibytes;
};

int nvmlDeviceGetAttributes_v2(struct device *handle, struct attributes *to)
{
    ABOUT_DEVICE(nvmlDeviceGetAttributes_v2, handle);
    if (!instance)
        return INVALID_ARGUMENT;
    memcpy(to->numbers, instance->attributes, sizeof to->numbers);
    to->memory_mebibytes = instance->total_bytes >> 20;
    return SUCCESS;
}

int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(struct device *handle, struct device **device)
{
    ABOUT_DEVICE(nvmlDeviceGetDeviceHandleFromMigDeviceHandle, handle);
    if (!instance)
        return INVALID_ARGUMENT;
    *device = (struct device *)gpu;
    return SUCCESS;
}
