// A libnvidia-ml.so.1 without a GPU: every answer comes from the file that FAKE_NVML_STATE names.
// This file maps it and knows who has the driver open; structures follow nvml.h.

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "play.h"

struct state *state;

static uint32_t generation; // of the driver that this process loaded
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned opened;
static struct layout layout; // when it was opened

__attribute__((constructor)) int attach(void)
{
    if (state)
        return 1;
    const char *path = getenv("FAKE_NVML_STATE");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    struct stat info;
    if (file < 0)
        return 0;
    void *mapped = MAP_FAILED;
    if (!fstat(file, &info) && info.st_size == sizeof *state)
        mapped = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED)
        return 0;
    if (__atomic_load_n(&((struct state *)mapped)->size, __ATOMIC_ACQUIRE) != sizeof *state) {
        munmap(mapped, sizeof *state);
        return 0;
    }
    generation = ((struct state *)mapped)->generation;
    state = mapped;
    return 1;
}

static const struct layout *layout_now(void)
{
    return &state->layouts[__atomic_load_n(&state->layout, __ATOMIC_ACQUIRE) % LAYOUTS];
}

static int gone(uint32_t pid)
{
    return kill((pid_t)pid, 0) && errno == ESRCH;
}

// Put this process into the list of those that have the driver open; one that died without closing it makes room.
static void sign_in(void)
{
    for (unsigned place = 0; place < OPENERS; place++) {
        uint32_t who = state->openers[place];
        if ((!who || gone(who)) && __atomic_compare_exchange_n(&state->openers[place], &who, (uint32_t)getpid(), 0,
                                                               __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return;
    }
}

static void sign_out(void)
{
    for (unsigned place = 0; place < OPENERS; place++)
        if (state->openers[place] == (uint32_t)getpid())
            state->openers[place] = 0;
}

void open_driver(void)
{
    pthread_mutex_lock(&lock);
    if (!opened) {
        layout = *layout_now();
        sign_in();
    }
    opened++;
    pthread_mutex_unlock(&lock);
}

void close_driver(void)
{
    pthread_mutex_lock(&lock);
    if (opened && --opened == 0)
        sign_out();
    pthread_mutex_unlock(&lock);
}

int driver_is_open(void)
{
    return state && opened;
}

unsigned gpu_count(void)
{
    return layout.count;
}

struct gpu *gpu_at(unsigned index)
{
    return &state->gpus[layout.order[index]];
}

int index_of(const struct gpu *gpu)
{
    for (unsigned index = 0; index < layout.count; index++)
        if (gpu_at(index) == gpu)
            return (int)index;
    return -1;
}

int condition_of(const struct gpu *gpu)
{
    if (generation != *(volatile uint32_t *)&state->generation)
        return LIB_RM_VERSION_MISMATCH;
    if (!gpu)
        return SUCCESS;
    const struct layout *now = layout_now();
    for (unsigned index = 0; index < now->count; index++)
        if (&state->gpus[now->order[index]] == gpu)
            return *(volatile int32_t *)&gpu->condition;
    return GPU_IS_LOST;
}
