// What the fake driver measures on one GPU.

#include <time.h>

#include "play.h"

enum { CLOCK_MEM = 2, CLOCK_VIDEO = 3 }; // graphics 0 and SM 1 are one

#define ONE_NUMBER(name, type, member)                                                                                 \
    int name(struct device *handle, type *value)                                                                             \
    {                                                                                                                  \
        ABOUT_GPU(name, handle);                                                                                          \
        *value = gpu->member;                                                                                          \
        return SUCCESS;                                                                                                \
    }

ONE_NUMBER(nvmlDeviceGetPowerUsage, unsigned, milliwatts)
ONE_NUMBER(nvmlDeviceGetEnforcedPowerLimit, unsigned, limit_milliwatts)
ONE_NUMBER(nvmlDeviceGetTotalEnergyConsumption, uint64_t, millijoules)
ONE_NUMBER(nvmlDeviceGetCurrentClocksEventReasons, uint64_t, clock_reasons)
ONE_NUMBER(nvmlDeviceGetCurrentClocksThrottleReasons, uint64_t, clock_reasons)

#define UTILISATION_AND_PERIOD(name, member)                                                                           \
    int name(struct device *handle, unsigned *percent, unsigned *period_us)                                                  \
    {                                                                                                                  \
        ABOUT_GPU(name, handle);                                                                                          \
        NOT_UNDER_MIG(gpu);                                                                                            \
        *percent = gpu->member;                                                                                        \
        *period_us = 167000;                                                                                           \
        return SUCCESS;                                                                                                \
    }

UTILISATION_AND_PERIOD(nvmlDeviceGetEncoderUtilization, encoder_percent)
UTILISATION_AND_PERIOD(nvmlDeviceGetDecoderUtilization, decoder_percent)
UTILISATION_AND_PERIOD(nvmlDeviceGetJpgUtilization, jpg_percent)
UTILISATION_AND_PERIOD(nvmlDeviceGetOfaUtilization, ofa_percent)

struct utilization {
    uint32_t gpu, memory;
};

int nvmlDeviceGetUtilizationRates(struct device *handle, struct utilization *rates)
{
    ABOUT_GPU(nvmlDeviceGetUtilizationRates, handle);
    NOT_UNDER_MIG(gpu);
    *rates = (struct utilization){gpu->gpu_percent, gpu->memory_percent};
    return SUCCESS;
}

struct memory {
    uint64_t total, free, used;
};

struct memory_v2 {
    uint32_t version;
    uint64_t total, reserved, free, used;
};

static struct memory_v2 memory_of(const struct gpu *gpu, const struct instance *instance)
{
    if (instance)
        return (struct memory_v2){0, instance->total_bytes, instance->reserved_bytes, instance->free_bytes,
                                  instance->used_bytes};
    return (struct memory_v2){0, gpu->total_bytes, gpu->reserved_bytes, gpu->free_bytes, gpu->used_bytes};
}

int nvmlDeviceGetMemoryInfo(struct device *handle, struct memory *memory)
{
    ABOUT_DEVICE(nvmlDeviceGetMemoryInfo, handle);
    struct memory_v2 found = memory_of(gpu, instance);
    *memory = (struct memory){found.total, found.free, found.used + found.reserved};
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(struct device *handle, struct memory_v2 *memory)
{
    ABOUT_DEVICE(nvmlDeviceGetMemoryInfo_v2, handle);
    uint32_t version = memory->version;
    if (version != (sizeof *memory | 2 << 24))
        return VERSION_MISMATCH;
    *memory = memory_of(gpu, instance);
    memory->version = version;
    return SUCCESS;
}

int nvmlDeviceGetBAR1MemoryInfo(struct device *handle, struct memory *memory)
{
    ABOUT_DEVICE(nvmlDeviceGetBAR1MemoryInfo, handle);
    *memory = (struct memory){gpu->bar1_total_bytes, gpu->bar1_free_bytes, gpu->bar1_used_bytes};
    return SUCCESS;
}

int nvmlDeviceGetTemperature(struct device *handle, int sensor, unsigned *celsius)
{
    ABOUT_GPU(nvmlDeviceGetTemperature, handle);
    *celsius = (unsigned)gpu->celsius;
    return sensor ? INVALID_ARGUMENT : SUCCESS;
}

struct temperature {
    uint32_t version, sensor;
    int32_t celsius;
};

int nvmlDeviceGetTemperatureV(struct device *handle, struct temperature *temperature)
{
    ABOUT_GPU(nvmlDeviceGetTemperatureV, handle);
    if (temperature->version != (sizeof *temperature | 1 << 24))
        return VERSION_MISMATCH;
    temperature->celsius = gpu->celsius;
    return temperature->sensor ? INVALID_ARGUMENT : SUCCESS;
}

#define CLOCK(name, sm, memory, video)                                                                                 \
    int name(struct device *handle, unsigned clock, unsigned *mhz)                                                     \
    {                                                                                                                  \
        ABOUT_GPU(name, handle);                                                                                       \
        *mhz = clock == CLOCK_MEM ? gpu->memory : clock == CLOCK_VIDEO ? gpu->video : gpu->sm;                         \
        return clock <= CLOCK_VIDEO ? SUCCESS : INVALID_ARGUMENT;                                                      \
    }

CLOCK(nvmlDeviceGetClockInfo, sm_mhz, memory_mhz, video_mhz)
CLOCK(nvmlDeviceGetMaxClockInfo, most_sm_mhz, most_memory_mhz, most_video_mhz)

struct field_value {
    uint32_t id, scope;
    int64_t timestamp_us, latency_us;
    uint32_t type;
    int32_t result;
    uint64_t bits;
};

static void answer(const struct gpu *gpu, struct field_value *value)
{
    value->timestamp_us = (int64_t)microseconds(CLOCK_REALTIME);
    value->latency_us = 0;
    value->result = NOT_SUPPORTED;
    for (const struct field *field = gpu->fields; field < gpu->fields + FIELDS; field++)
        if (field->id == value->id && field->scope == value->scope) {
            value->type = field->type;
            value->latency_us = field->latency_us;
            value->result = field->result;
            value->bits = field->bits;
        }
}

int nvmlDeviceGetFieldValues(struct device *handle, int count, struct field_value *values)
{
    ABOUT_GPU(nvmlDeviceGetFieldValues, handle);
    for (int i = 0; i < count; i++)
        answer(gpu, &values[i]);
    return SUCCESS;
}
