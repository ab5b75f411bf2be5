// The mapped file that a test writes while the driver runs. Python mirrors it; a difference in size is an error.
#pragma once

#include <stdint.h>

#define X(name) F_##name,
enum function {
#include "functions.def"
    FUNCTIONS
};
#undef X

enum { GPUS = 16, FIELDS = 48, RINGS = 10, RING = 128, USES = 128, PROCESSES = 32, INSTANCES = 8, METRICS = 64 };
enum { EVENTS = 256, CALLS = 4096, OPENERS = 64, LAYOUTS = 64 };

enum action { ANSWER, HANG, CRASH };

// What one function does, for the system or for one GPU: wait, then act, then return `result` unless it is zero.
// Only calls after the first `after` and, unless zero, the `times` next ones are touched; of those, unless it is zero,
// `per_mille` fail. `calls` counts.
struct rule {
    int32_t result;
    uint32_t action;
    uint32_t latency_us;
    uint32_t calls;
    uint32_t after;
    uint32_t times;
    uint32_t per_mille;
    uint32_t unused;
};

// One answer of nvmlDeviceGetFieldValues: `type` is an nvmlValueType_t, `bits` the union's eight bytes.
struct field {
    uint32_t id;
    uint32_t scope;
    uint32_t type;
    int32_t result;
    uint64_t bits;
    int64_t latency_us;
};

struct sample {
    uint64_t us;
    uint64_t value;
};

// The newest `depth` samples of one type, `written` since the start; depth 0: the GPU has no such sensor.
struct ring {
    uint32_t depth;
    uint32_t unused;
    uint64_t written;
    struct sample samples[RING];
};

// What one process used of the GPU in the period that ended at `us`.
struct use {
    uint64_t us;
    uint32_t pid, sm, memory, encoder, decoder, jpg, ofa, unused;
};

// A process that holds the GPU; `kind` 0 is an empty place.
struct process {
    uint32_t kind;
    uint32_t pid;
    uint64_t bytes;
    uint32_t gpu_instance, compute_instance;
};

// One GPM metric; `id` 0 is an empty place.
struct metric {
    uint32_t id;
    int32_t result;
    double value;
};

// A MIG device; `serial` 0 is an empty place, and no serial is used twice.
struct instance {
    char uuid[96];
    char name[96];
    uint64_t serial;
    uint32_t gpu_instance, compute_instance;
    uint32_t attributes[8]; // in the order of nvmlDeviceAttributes_t
    uint64_t total_bytes, reserved_bytes, free_bytes, used_bytes;
    struct metric metrics[METRICS];
};

struct license {
    int32_t supported;
    uint32_t count;
    uint32_t code[3], state[3], enabled[3];
    uint32_t unused;
};

struct gpu {
    char uuid[96];
    char name[96];
    char bus_id[32];
    char serial[32];
    char vbios[32];
    char inforom[3][16]; // OEM, ECC, power; empty: NOT_SUPPORTED
    char inforom_image[16];
    int32_t condition; // what every function about this GPU returns while it is not zero
    int32_t celsius;
    uint32_t gpu_percent, memory_percent, encoder_percent, decoder_percent, jpg_percent, ofa_percent;
    uint32_t milliwatts, limit_milliwatts;
    uint32_t wanted_milliwatts, default_milliwatts, least_milliwatts, most_milliwatts;
    uint32_t sm_mhz, memory_mhz, video_mhz, most_sm_mhz, most_memory_mhz, most_video_mhz;
    uint32_t thresholds[8]; // °C by nvmlTemperatureThresholds_t; NONE: NOT_SUPPORTED
    uint32_t minor, brand, performance, fan_percent, persistence, compute_mode, ecc, ecc_pending;
    uint32_t link_generation, link_width, most_link_generation, most_link_width, replays;
    uint32_t gpm;
    uint32_t mig, mig_pending, most_instances; // none at most: the GPU knows no MIG
    uint32_t at_once;                          // the most calls about this GPU that one process made at the same time
    uint64_t total_bytes, reserved_bytes, free_bytes, used_bytes;
    uint64_t bar1_total_bytes, bar1_free_bytes, bar1_used_bytes;
    uint64_t millijoules;
    uint64_t clock_reasons;
    uint64_t event_types;
    uint64_t used;     // written entries of `uses`
    uint64_t replaced; // MIG devices created since the start
    struct license license;
    struct field fields[FIELDS];
    struct ring rings[RINGS];
    struct use uses[USES];
    struct process processes[PROCESSES];
    struct metric metrics[METRICS];
    struct instance instances[INSTANCES];
    struct rule rules[FUNCTIONS];
};

struct event {
    uint64_t type;
    uint64_t data;
    uint32_t gpu, gpu_instance, compute_instance, unused;
};

// One call: its place in the order of all calls from 1 on, written last; when it began (CLOCK_MONOTONIC); gpu -1: none.
struct call {
    uint64_t number;
    uint64_t us;
    uint32_t thread;
    uint16_t function;
    int16_t gpu;
};

// Which GPU has which index for those that open the driver while it holds.
struct layout {
    uint32_t count;
    uint32_t order[GPUS];
};

struct state {
    uint32_t size;
    uint32_t generation; // of the kernel's half; a process keeps the library's half of when it loaded it
    uint32_t layout;     // which of the layouts holds now: a change is one store, and nobody sees half of it
    uint32_t openers[OPENERS];
    uint32_t unused;
    struct layout layouts[LAYOUTS];
    char driver_version[80];
    char nvml_version[80];
    uint64_t happened; // events since the start
    uint64_t called;   // calls since the start
    struct event events[EVENTS];
    struct call calls[CALLS];
    struct rule rules[FUNCTIONS];
    struct gpu gpus[GPUS];
};
