// Who a GPU is, and what does not change of itself.

#include <string.h>

#include "play.h"

int nvmlDeviceGetUUID(struct device *handle, char *uuid, unsigned size)
{
    ABOUT_DEVICE(nvmlDeviceGetUUID, handle);
    return put(uuid, size, instance ? instance->uuid : gpu->uuid);
}

int nvmlDeviceGetName(struct device *handle, char *name, unsigned size)
{
    ABOUT_DEVICE(nvmlDeviceGetName, handle);
    return put(name, size, instance ? instance->name : gpu->name);
}

int nvmlDeviceGetIndex(struct device *handle, unsigned *index)
{
    ABOUT_DEVICE(nvmlDeviceGetIndex, handle);
    *index = (unsigned)(instance ? instance - gpu->instances : index_of(gpu));
    return SUCCESS;
}

struct pci_info {
    char legacy[16];
    uint32_t domain, bus, device, pci_device_id, pci_subsystem_id;
    char bus_id[32];
};

int nvmlDeviceGetPciInfo_v3(struct device *handle, struct pci_info *info)
{
    ABOUT_GPU(nvmlDeviceGetPciInfo_v3, handle);
    return put(info->bus_id, sizeof info->bus_id, gpu->bus_id);
}

static int known(char *to, unsigned size, const char *text)
{
    return *text ? put(to, size, text) : NOT_SUPPORTED;
}

#define ONE_TEXT(name, member)                                                                                         \
    int name(struct device *handle, char *text, unsigned size)                                                         \
    {                                                                                                                  \
        ABOUT_GPU(name, handle);                                                                                       \
        return known(text, size, gpu->member);                                                                         \
    }

ONE_TEXT(nvmlDeviceGetSerial, serial)
ONE_TEXT(nvmlDeviceGetVbiosVersion, vbios)
ONE_TEXT(nvmlDeviceGetInforomImageVersion, inforom_image)

int nvmlDeviceGetInforomVersion(struct device *handle, unsigned object, char *version, unsigned size)
{
    ABOUT_GPU(nvmlDeviceGetInforomVersion, handle);
    return object < 3 ? known(version, size, gpu->inforom[object]) : INVALID_ARGUMENT;
}

#define ONE_NUMBER(name, member)                                                                                       \
    int name(struct device *handle, unsigned *value)                                                                   \
    {                                                                                                                  \
        ABOUT_GPU(name, handle);                                                                                       \
        *value = gpu->member;                                                                                          \
        return *value == NONE ? NOT_SUPPORTED : SUCCESS;                                                               \
    }

ONE_NUMBER(nvmlDeviceGetMinorNumber, minor)
ONE_NUMBER(nvmlDeviceGetBrand, brand)
ONE_NUMBER(nvmlDeviceGetPowerManagementLimit, wanted_milliwatts)
ONE_NUMBER(nvmlDeviceGetPowerManagementDefaultLimit, default_milliwatts)
ONE_NUMBER(nvmlDeviceGetPerformanceState, performance)
ONE_NUMBER(nvmlDeviceGetFanSpeed, fan_percent)
ONE_NUMBER(nvmlDeviceGetPersistenceMode, persistence)
ONE_NUMBER(nvmlDeviceGetComputeMode, compute_mode)
ONE_NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, link_generation)
ONE_NUMBER(nvmlDeviceGetCurrPcieLinkWidth, link_width)
ONE_NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, most_link_generation)
ONE_NUMBER(nvmlDeviceGetMaxPcieLinkWidth, most_link_width)
ONE_NUMBER(nvmlDeviceGetPcieReplayCounter, replays)

int nvmlDeviceGetPowerManagementLimitConstraints(struct device *handle, unsigned *least, unsigned *most)
{
    ABOUT_GPU(nvmlDeviceGetPowerManagementLimitConstraints, handle);
    *least = gpu->least_milliwatts;
    *most = gpu->most_milliwatts;
    return SUCCESS;
}

int nvmlDeviceGetEccMode(struct device *handle, unsigned *current, unsigned *pending)
{
    ABOUT_GPU(nvmlDeviceGetEccMode, handle);
    *current = gpu->ecc;
    *pending = gpu->ecc_pending;
    return *current == NONE ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetTemperatureThreshold(struct device *handle, unsigned threshold, unsigned *celsius)
{
    ABOUT_GPU(nvmlDeviceGetTemperatureThreshold, handle);
    if (threshold >= 8)
        return INVALID_ARGUMENT;
    *celsius = gpu->thresholds[threshold];
    return *celsius == NONE ? NOT_SUPPORTED : SUCCESS;
}

struct feature {
    uint32_t code, state;
    char info[128], product[128];
    uint32_t enabled;
    struct {
        uint32_t year;
        uint16_t month, day, hour, minute, second;
        uint8_t status;
    } expiry;
};

struct features {
    int32_t supported;
    uint32_t count;
    struct feature features[3];
};

int nvmlDeviceGetGridLicensableFeatures_v4(struct device *handle, struct features *to)
{
    ABOUT_GPU(nvmlDeviceGetGridLicensableFeatures_v4, handle);
    memset(to, 0, sizeof *to);
    to->supported = gpu->license.supported;
    to->count = gpu->license.count;
    for (unsigned i = 0; i < 3 && i < to->count; i++) {
        to->features[i].code = gpu->license.code[i];
        to->features[i].state = gpu->license.state[i];
        to->features[i].enabled = gpu->license.enabled[i];
    }
    return SUCCESS;
}
