// GPU performance monitoring (Hopper and newer): a sample holds what the state said when it was taken.

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "play.h"

enum { VERSION = 1, METRIC_MAX = 477 };

struct gpm_sample {
    struct gpu *gpu; // NULL until it was taken
    uint32_t gpu_instance;
    uint64_t us;
    struct metric metrics[METRICS];
};

struct gpm_support {
    uint32_t version, supported;
};

struct gpm_metric {
    uint32_t id;
    int32_t result;
    double value;
    const char *short_name, *long_name, *unit;
};

struct gpm_metrics {
    uint32_t version, count;
    struct gpm_sample *first, *second;
    struct gpm_metric metrics[METRIC_MAX];
};

int nvmlGpmQueryDeviceSupport(struct device *handle, struct gpm_support *support)
{
    ABOUT_DEVICE(nvmlGpmQueryDeviceSupport, handle);
    if (support->version != VERSION)
        return VERSION_MISMATCH;
    support->supported = gpu->gpm;
    return SUCCESS;
}

int nvmlGpmSampleAlloc(struct gpm_sample **sample)
{
    ABOUT_SYSTEM(nvmlGpmSampleAlloc);
    *sample = calloc(1, sizeof **sample);
    return *sample ? SUCCESS : OUT_OF_MEMORY;
}

int nvmlGpmSampleFree(struct gpm_sample *sample)
{
    ABOUT_SYSTEM(nvmlGpmSampleFree);
    free(sample);
    return SUCCESS;
}

static int take(struct gpm_sample *sample, struct gpu *gpu, uint32_t gpu_instance, const struct metric *metrics)
{
    sample->gpu = gpu;
    sample->gpu_instance = gpu_instance;
    sample->us = microseconds(CLOCK_MONOTONIC);
    memcpy(sample->metrics, metrics, sizeof sample->metrics);
    return SUCCESS;
}

int nvmlGpmSampleGet(struct device *handle, struct gpm_sample *sample)
{
    ABOUT_GPU(nvmlGpmSampleGet, handle);
    if (!sample)
        return INVALID_ARGUMENT;
    return gpu->gpm ? take(sample, gpu, NONE, gpu->metrics) : NOT_SUPPORTED;
}

int nvmlGpmMigSampleGet(struct device *handle, unsigned gpu_instance, struct gpm_sample *sample)
{
    ABOUT_GPU(nvmlGpmMigSampleGet, handle);
    if (!gpu->gpm || !gpu->mig)
        return NOT_SUPPORTED;
    for (const struct instance *part = gpu->instances; sample && part < gpu->instances + INSTANCES; part++)
        if (part->serial && part->gpu_instance == gpu_instance)
            return take(sample, gpu, gpu_instance, part->metrics);
    return INVALID_ARGUMENT;
}

static void answer(const struct gpm_sample *sample, struct gpm_metric *to)
{
    to->result = NOT_SUPPORTED;
    to->value = 0;
    for (const struct metric *metric = sample->metrics; metric < sample->metrics + METRICS; metric++)
        if (metric->id == to->id && metric->id) {
            to->result = metric->result;
            to->value = metric->value;
        }
}

int nvmlGpmMetricsGet(struct gpm_metrics *get)
{
    const struct gpm_sample *first = get->first, *second = get->second;
    int taken = first && second && second->gpu;
    int result = play(F_nvmlGpmMetricsGet, taken ? second->gpu : NULL);
    if (result)
        return result;
    if (get->version != VERSION)
        return VERSION_MISMATCH;
    if (!taken || first->gpu != second->gpu || first->gpu_instance != second->gpu_instance ||
        first->us >= second->us || get->count > METRIC_MAX)
        return INVALID_ARGUMENT;
    for (unsigned i = 0; i < get->count; i++)
        answer(second, &get->metrics[i]);
    return SUCCESS;
}
