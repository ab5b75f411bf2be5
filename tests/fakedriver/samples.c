// The rings of samples, and what processes used according to the same rings.

#include "play.h"

enum { UNSIGNED_INT = 1 };

static uint64_t oldest(uint64_t written, uint64_t depth)
{
    return written > depth ? written - depth : 0;
}

// The number of the first sample that is newer than what the caller has seen.
static uint64_t first_unseen(const struct ring *ring, uint64_t written, uint64_t seen_us)
{
    uint64_t first = oldest(written, ring->depth);
    while (first < written && ring->samples[first % ring->depth].us <= seen_us)
        first++;
    return first;
}

// A buffer without an address asks how many there are; one that is too small is told so.
static int fits(const void *buffer, unsigned room, unsigned needed)
{
    return buffer && room < needed ? INSUFFICIENT_SIZE : SUCCESS;
}

int nvmlDeviceGetSamples(struct device *handle, unsigned type, unsigned long long seen_us, unsigned *value_type,
                         unsigned *count, struct sample *samples)
{
    ABOUT_GPU(nvmlDeviceGetSamples, handle);
    NOT_UNDER_MIG(gpu);
    if (type >= RINGS || !value_type || !count)
        return INVALID_ARGUMENT;
    const struct ring *ring = &gpu->rings[type];
    if (!ring->depth)
        return NOT_SUPPORTED;
    uint64_t written = __atomic_load_n(&ring->written, __ATOMIC_ACQUIRE);
    uint64_t first = first_unseen(ring, written, seen_us);
    unsigned room = *count;
    *count = (unsigned)(written - first);
    *value_type = UNSIGNED_INT;
    if (!*count)
        return NOT_FOUND;
    int result = fits(samples, room, *count);
    for (unsigned i = 0; samples && result == SUCCESS && i < *count; i++)
        samples[i] = ring->samples[(first + i) % ring->depth];
    return result;
}

// The unseen entries of `uses`, by number: [first, written).
static uint64_t first_unseen_use(const struct gpu *gpu, uint64_t written, uint64_t seen_us)
{
    uint64_t first = oldest(written, USES);
    while (first < written && gpu->uses[first % USES].us <= seen_us)
        first++;
    return first;
}

// NOT_FOUND without news; INSUFFICIENT_SIZE, and how many there are, when they do not fit.
static int unseen_uses(const struct gpu *gpu, uint64_t seen_us, const void *buffer, unsigned *count, uint64_t *first)
{
    uint64_t written = __atomic_load_n(&gpu->used, __ATOMIC_ACQUIRE);
    *first = first_unseen_use(gpu, written, seen_us);
    unsigned room = buffer ? *count : 0;
    *count = (unsigned)(written - *first);
    if (!*count)
        return NOT_FOUND;
    return room < *count ? INSUFFICIENT_SIZE : SUCCESS;
}

struct utilization_sample {
    uint32_t pid;
    uint64_t us;
    uint32_t sm, memory, encoder, decoder;
};

int nvmlDeviceGetProcessUtilization(struct device *handle, struct utilization_sample *samples, unsigned *count,
                                    unsigned long long seen_us)
{
    ABOUT_GPU(nvmlDeviceGetProcessUtilization, handle);
    NOT_UNDER_MIG(gpu);
    uint64_t first;
    int result = unseen_uses(gpu, seen_us, samples, count, &first);
    for (unsigned i = 0; result == SUCCESS && i < *count; i++) {
        const struct use *use = &gpu->uses[(first + i) % USES];
        samples[i] = (struct utilization_sample){use->pid, use->us, use->sm, use->memory, use->encoder, use->decoder};
    }
    return result;
}

struct utilization_info {
    uint64_t us;
    uint32_t pid, sm, memory, encoder, decoder, jpg, ofa;
};

struct utilizations_info {
    uint32_t version, count;
    uint64_t seen_us;
    struct utilization_info *infos;
};

int nvmlDeviceGetProcessesUtilizationInfo(struct device *handle, struct utilizations_info *to)
{
    ABOUT_GPU(nvmlDeviceGetProcessesUtilizationInfo, handle);
    NOT_UNDER_MIG(gpu);
    if (to->version != (sizeof *to | 1 << 24))
        return VERSION_MISMATCH;
    uint64_t first;
    int result = unseen_uses(gpu, to->seen_us, to->infos, &to->count, &first);
    for (unsigned i = 0; result == SUCCESS && i < to->count; i++) {
        const struct use *use = &gpu->uses[(first + i) % USES];
        to->infos[i] = (struct utilization_info){use->us,      use->pid,     use->sm,  use->memory,
                                                 use->encoder, use->decoder, use->jpg, use->ofa};
    }
    return result;
}
