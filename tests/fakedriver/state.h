// The mapped file that a test writes while the driver runs. state.py mirrors it; a difference in size is an error.
#pragma once

#include <stdint.h>

#define X(name) F_##name,
enum function {
#include "functions.def"
    FUNCTIONS
};
#undef X

enum { GPUS = 16, FIELDS = 16 };

enum action { ANSWER, HANG, CRASH };

// What one function does, for the system or for one GPU: wait, then act, then return `result` unless it is zero.
struct rule {
    int32_t result;
    uint32_t action;
    uint32_t latency_us;
    uint32_t calls;
};

// One answer of nvmlDeviceGetFieldValues: `type` is an nvmlValueType_t, `bits` the union's eight bytes.
struct field {
    uint32_t id;
    uint32_t type;
    int32_t result;
    uint32_t unused;
    uint64_t bits;
};

struct gpu {
    char uuid[96];
    char name[96];
    char bus_id[32];
    int32_t condition; // what every function about this GPU returns while it is not zero
    int32_t celsius;
    uint32_t gpu_percent;
    uint32_t memory_percent;
    uint32_t encoder_percent;
    uint32_t decoder_percent;
    uint32_t milliwatts;
    uint32_t limit_milliwatts;
    uint32_t sm_mhz;
    uint32_t memory_mhz;
    uint64_t total_bytes;
    uint64_t reserved_bytes;
    uint64_t free_bytes;
    uint64_t used_bytes;
    uint64_t clock_reasons;
    struct field fields[FIELDS];
    struct rule rules[FUNCTIONS];
};

struct state {
    uint32_t size;
    uint32_t count;
    char driver_version[80];
    struct rule rules[FUNCTIONS];
    struct gpu gpus[GPUS];
};
