#include "core/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Blocks grow with the arena: many arenas hold next to nothing. */
#define LEAST_BLOCK_BYTES ((size_t)1 << 10)
#define BLOCK_BYTES ((size_t)64 << 10)
#define ALIGNMENT _Alignof(max_align_t)
/*
 * From LARGE_ARENA_BYTES on, blocks are huge pages where the system gives
 * them: a fault for each 4 KiB would take a fifth of a warm run. Not under a
 * sanitizer, which looks for leaks only in what malloc gave.
 */
#ifdef __SANITIZE_ADDRESS__
#define LARGE_ARENA_BYTES SIZE_MAX
#else
#define LARGE_ARENA_BYTES ((size_t)1024 << 10)
#endif
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

struct pl_arena_block {
    struct pl_arena_block *next;
    size_t mapped; /* bytes; 0: from malloc */
    max_align_t bytes[];
};

void pl_out_of_memory(void)
{
    static const char message[] = "podlock: out of memory\n";
    ssize_t ignored = write(2, message, sizeof(message) - 1);
    (void)ignored;
    _exit(6);
}

void pl_arena_init(struct pl_arena *arena)
{
    *arena = (struct pl_arena){0};
}

void pl_arena_finish(struct pl_arena *arena)
{
    struct pl_arena_block *block = arena->blocks;
    while (block) {
        struct pl_arena_block *next = block->next;
        if (block->mapped)
            munmap(block, block->mapped);
        else
            free(block);
        block = next;
    }
    *arena = (struct pl_arena){0};
}

/* A huge page, aligned as one; NULL when there is no room. */
static struct pl_arena_block *map_huge(void)
{
    char *at = mmap(NULL, 2 * HUGE_PAGE_BYTES, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)at & (HUGE_PAGE_BYTES - 1);
    if (before)
        munmap(at, before);
    munmap(at + before + HUGE_PAGE_BYTES, HUGE_PAGE_BYTES - before);
    struct pl_arena_block *block = (void *)(at + before);
    madvise(block, HUGE_PAGE_BYTES, MADV_HUGEPAGE);
    block->mapped = HUGE_PAGE_BYTES;
    return block;
}

static char *add_block(struct pl_arena *arena, size_t size)
{
    struct pl_arena_block *block = size + sizeof(*block) == HUGE_PAGE_BYTES
                                       ? map_huge()
                                       : calloc(1, sizeof(*block) + size);
    if (!block)
        pl_out_of_memory();
    block->next = arena->blocks;
    arena->blocks = block;
    arena->total += size;
    return (char *)block->bytes;
}

static bool is_large(const struct pl_arena *arena)
{
    return arena->total >= LARGE_ARENA_BYTES;
}

static size_t next_block_bytes(const struct pl_arena *arena, size_t least)
{
    size_t size = LEAST_BLOCK_BYTES;
    if (is_large(arena))
        return HUGE_PAGE_BYTES - sizeof(struct pl_arena_block);
    while (size < BLOCK_BYTES && (size < arena->total || size < least))
        size *= 2;
    return size;
}

/* `size` is not near SIZE_MAX. */
static size_t rounded(size_t size)
{
    return (size + !size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

bool pl_arena_extend(struct pl_arena *arena, void *at, size_t size,
                     size_t larger)
{
    if (larger > SIZE_MAX - BLOCK_BYTES)
        pl_out_of_memory();
    size_t more = rounded(larger) - rounded(size);
    if (!at || (char *)at + rounded(size) != arena->at || more > arena->left)
        return false;
    arena->at += more;
    arena->left -= more;
    return true;
}

void *pl_arena_alloc(struct pl_arena *arena, size_t size)
{
    if (size > SIZE_MAX - BLOCK_BYTES)
        pl_out_of_memory();
    size = rounded(size);
    size_t most = is_large(arena) ? HUGE_PAGE_BYTES / 4 : BLOCK_BYTES / 4;
    if (size > most && size > arena->left)
        return add_block(arena, size);
    if (size > arena->left) {
        size_t block = next_block_bytes(arena, size);
        arena->at = add_block(arena, block);
        arena->left = block;
    }
    void *found = arena->at;
    arena->at += size;
    arena->left -= size;
    return found;
}

void *pl_arena_alloc_array(struct pl_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        pl_out_of_memory();
    return pl_arena_alloc(arena, bytes);
}

struct pl_str pl_arena_dup(struct pl_arena *arena, struct pl_str text)
{
    char *copy = pl_arena_alloc(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.at, text.len);
    return (struct pl_str){copy, text.len};
}

struct pl_str pl_arena_printf(struct pl_arena *arena, const char *format, ...)
{
    char brief[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(brief, sizeof(brief), format, args);
    va_end(args);
    size_t size = len > 0 ? (size_t)len : 0;
    char *text = pl_arena_alloc(arena, size + 1);
    if (size < sizeof(brief))
        memcpy(text, brief, size);
    else
        vsnprintf(text, size + 1, format, again);
    va_end(again);
    return (struct pl_str){text, size};
}
