// The processes that hold a GPU or a MIG device.

#include "play.h"

enum { COMPUTE = 1, GRAPHICS = 2, MPS = 3 };

struct process_info {
    uint32_t pid;
    uint64_t bytes;
    uint32_t gpu_instance, compute_instance;
};

static int counts(const struct process *process, unsigned kind, const struct instance *instance)
{
    return process->kind == kind && (!instance || (process->gpu_instance == instance->gpu_instance &&
                                                   process->compute_instance == instance->compute_instance));
}

static int processes(const struct gpu *gpu, const struct instance *instance, unsigned kind, unsigned *count,
                     struct process_info *infos)
{
    unsigned room = infos ? *count : 0;
    *count = 0;
    for (const struct process *process = gpu->processes; process < gpu->processes + PROCESSES; process++)
        if (counts(process, kind, instance)) {
            if (*count < room)
                infos[*count] = (struct process_info){process->pid, process->bytes, process->gpu_instance,
                                                      process->compute_instance};
            ++*count;
        }
    return room < *count ? INSUFFICIENT_SIZE : SUCCESS;
}

#define PROCESSES_OF_KIND(name, kind)                                                                                  \
    int name(struct device *handle, unsigned *count, struct process_info *infos)                                       \
    {                                                                                                                  \
        ABOUT_DEVICE(name, handle);                                                                                    \
        return processes(gpu, instance, kind, count, infos);                                                           \
    }

PROCESSES_OF_KIND(nvmlDeviceGetComputeRunningProcesses_v3, COMPUTE)
PROCESSES_OF_KIND(nvmlDeviceGetGraphicsRunningProcesses_v3, GRAPHICS)
PROCESSES_OF_KIND(nvmlDeviceGetMPSComputeRunningProcesses_v3, MPS)
