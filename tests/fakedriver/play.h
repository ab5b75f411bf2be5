// What every function of the fake driver does before it answers.
#pragma once

#include "state.h"

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, INSUFFICIENT_SIZE = 7, VERSION_MISMATCH = 25, UNKNOWN = 999 };

// Count the call, then wait, hang or crash as the rule says; the return code of the function.
int play(volatile struct rule *rule, int32_t condition);

// Copy a text into a caller's buffer.
int put(char *to, unsigned size, const char *text);

#define ABOUT_SYSTEM(name)                                                                                             \
    do {                                                                                                               \
        int result_ = play(&state->rules[F_##name], SUCCESS);                                                          \
        if (result_)                                                                                                   \
            return result_;                                                                                            \
    } while (0)

#define ABOUT_GPU(name, gpu)                                                                                           \
    do {                                                                                                               \
        int result_ = play(&(gpu)->rules[F_##name], *(volatile int32_t *)&(gpu)->condition);                           \
        if (result_)                                                                                                   \
            return result_;                                                                                            \
    } while (0)
