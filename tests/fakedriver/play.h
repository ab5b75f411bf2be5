// What every function of the fake driver does before it answers. A device's handle is the address of the GPU's part of
// the mapped file, or of an entry in a table of MIG devices.
#pragma once

#include "state.h"

enum {
    SUCCESS = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    TIMEOUT = 10,
    GPU_IS_LOST = 15,
    LIB_RM_VERSION_MISMATCH = 18,
    OUT_OF_MEMORY = 20,
    VERSION_MISMATCH = 25,
    UNKNOWN = 999,
};

#define NONE UINT32_MAX

struct device;
struct gpu;

extern struct state *state;

// Map the file if that was not done before; false if there is none.
int attach(void);

// Open the driver for this process and take the snapshot of the GPUs; undone when it was closed as often.
void open_driver(void);
void close_driver(void);
int driver_is_open(void);

// The GPUs when this process opened the driver: how many, the one of an index, the index of one (-1: none).
unsigned gpu_count(void);
struct gpu *gpu_at(unsigned index);
int index_of(const struct gpu *gpu);

// What is wrong with the GPU itself, lost ones included.
int condition_of(const struct gpu *gpu);

// Count and record the call, then wait, hang or crash as the rule says; the return code of the function.
int play(enum function function, struct gpu *gpu);

// The same for a handle; `instance` is NULL for a whole GPU, and may be NULL where only a whole GPU will do.
int play_device(enum function function, struct device *handle, struct gpu **gpu, struct instance **instance);

// Whether the handle is one of a MIG device, and whose: the GPU stays known when the MIG device is gone.
int mig_device(struct device *handle, struct gpu **gpu, struct instance **instance);
struct device *mig_handle(struct gpu *gpu, struct instance *instance);

uint64_t microseconds(int clock);

// Copy a text into a caller's buffer.
int put(char *to, unsigned size, const char *text);

#define ABOUT_SYSTEM(name)                                                                                             \
    do {                                                                                                               \
        int result_ = play(F_##name, 0);                                                                               \
        if (result_)                                                                                                   \
            return result_;                                                                                            \
    } while (0)

#define ABOUT_GPU(name, handle)                                                                                        \
    struct gpu *gpu;                                                                                                   \
    do {                                                                                                               \
        int result_ = play_device(F_##name, handle, &gpu, 0);                                                          \
        if (result_)                                                                                                   \
            return result_;                                                                                            \
    } while (0)

#define ABOUT_DEVICE(name, handle)                                                                                     \
    struct gpu *gpu;                                                                                                   \
    struct instance *instance;                                                                                         \
    do {                                                                                                               \
        int result_ = play_device(F_##name, handle, &gpu, &instance);                                                  \
        if (result_)                                                                                                   \
            return result_;                                                                                            \
    } while (0)

// What a GPU does not tell while it is divided.
#define NOT_UNDER_MIG(gpu)                                                                                             \
    do {                                                                                                               \
        if ((gpu)->mig)                                                                                                \
            return NOT_SUPPORTED;                                                                                      \
    } while (0)
