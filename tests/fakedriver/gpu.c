// What the fake driver answers about one GPU.

#include "play.h"

enum { CLOCK_SM = 1, CLOCK_MEM = 2 };

int nvmlDeviceGetUUID(struct gpu *gpu, char *uuid, unsigned size)
{
    ABOUT_GPU(nvmlDeviceGetUUID, gpu);
    return put(uuid, size, gpu->uuid);
}

int nvmlDeviceGetName(struct gpu *gpu, char *name, unsigned size)
{
    ABOUT_GPU(nvmlDeviceGetName, gpu);
    return put(name, size, gpu->name);
}

struct pci_info {
    char legacy[16];
    uint32_t domain, bus, device, pci_device_id, pci_subsystem_id;
    char bus_id[32];
};

int nvmlDeviceGetPciInfo_v3(struct gpu *gpu, struct pci_info *info)
{
    ABOUT_GPU(nvmlDeviceGetPciInfo_v3, gpu);
    return put(info->bus_id, sizeof info->bus_id, gpu->bus_id);
}

#define ONE_NUMBER(name, type, member)                                                                                 \
    int name(struct gpu *gpu, type *value)                                                                             \
    {                                                                                                                  \
        ABOUT_GPU(name, gpu);                                                                                          \
        *value = gpu->member;                                                                                          \
        return SUCCESS;                                                                                                \
    }

ONE_NUMBER(nvmlDeviceGetPowerUsage, unsigned, milliwatts)
ONE_NUMBER(nvmlDeviceGetEnforcedPowerLimit, unsigned, limit_milliwatts)
ONE_NUMBER(nvmlDeviceGetCurrentClocksEventReasons, uint64_t, clock_reasons)
ONE_NUMBER(nvmlDeviceGetCurrentClocksThrottleReasons, uint64_t, clock_reasons)

#define UTILISATION_AND_PERIOD(name, member)                                                                           \
    int name(struct gpu *gpu, unsigned *percent, unsigned *period_us)                                                  \
    {                                                                                                                  \
        ABOUT_GPU(name, gpu);                                                                                          \
        *percent = gpu->member;                                                                                        \
        *period_us = 167000;                                                                                           \
        return SUCCESS;                                                                                                \
    }

UTILISATION_AND_PERIOD(nvmlDeviceGetEncoderUtilization, encoder_percent)
UTILISATION_AND_PERIOD(nvmlDeviceGetDecoderUtilization, decoder_percent)

struct utilization {
    uint32_t gpu, memory;
};

int nvmlDeviceGetUtilizationRates(struct gpu *gpu, struct utilization *rates)
{
    ABOUT_GPU(nvmlDeviceGetUtilizationRates, gpu);
    *rates = (struct utilization){gpu->gpu_percent, gpu->memory_percent};
    return SUCCESS;
}

struct memory {
    uint64_t total, free, used;
};

int nvmlDeviceGetMemoryInfo(struct gpu *gpu, struct memory *memory)
{
    ABOUT_GPU(nvmlDeviceGetMemoryInfo, gpu);
    *memory = (struct memory){gpu->total_bytes, gpu->free_bytes, gpu->used_bytes + gpu->reserved_bytes};
    return SUCCESS;
}

struct memory_v2 {
    uint32_t version;
    uint64_t total, reserved, free, used;
};

int nvmlDeviceGetMemoryInfo_v2(struct gpu *gpu, struct memory_v2 *memory)
{
    ABOUT_GPU(nvmlDeviceGetMemoryInfo_v2, gpu);
    if (memory->version != (sizeof *memory | 2 << 24))
        return VERSION_MISMATCH;
    memory->total = gpu->total_bytes;
    memory->reserved = gpu->reserved_bytes;
    memory->free = gpu->free_bytes;
    memory->used = gpu->used_bytes;
    return SUCCESS;
}

int nvmlDeviceGetTemperature(struct gpu *gpu, int sensor, unsigned *celsius)
{
    ABOUT_GPU(nvmlDeviceGetTemperature, gpu);
    *celsius = (unsigned)gpu->celsius;
    return sensor ? INVALID_ARGUMENT : SUCCESS;
}

struct temperature {
    uint32_t version, sensor;
    int32_t celsius;
};

int nvmlDeviceGetTemperatureV(struct gpu *gpu, struct temperature *temperature)
{
    ABOUT_GPU(nvmlDeviceGetTemperatureV, gpu);
    if (temperature->version != (sizeof *temperature | 1 << 24))
        return VERSION_MISMATCH;
    temperature->celsius = gpu->celsius;
    return temperature->sensor ? INVALID_ARGUMENT : SUCCESS;
}

int nvmlDeviceGetClockInfo(struct gpu *gpu, unsigned clock, unsigned *mhz)
{
    ABOUT_GPU(nvmlDeviceGetClockInfo, gpu);
    *mhz = clock == CLOCK_MEM ? gpu->memory_mhz : gpu->sm_mhz;
    return clock == CLOCK_SM || clock == CLOCK_MEM ? SUCCESS : INVALID_ARGUMENT;
}

struct field_value {
    uint32_t id, scope;
    int64_t timestamp_us, latency_us;
    uint32_t type;
    int32_t result;
    uint64_t bits;
};

int nvmlDeviceGetFieldValues(struct gpu *gpu, int count, struct field_value *values)
{
    ABOUT_GPU(nvmlDeviceGetFieldValues, gpu);
    for (struct field_value *value = values; value < values + count; value++) {
        value->result = NOT_SUPPORTED;
        for (struct field *field = gpu->fields; field < gpu->fields + FIELDS; field++)
            if (field->id == value->id) {
                value->type = field->type;
                value->result = field->result;
                value->bits = field->bits;
            }
    }
    return SUCCESS;
}
