#include "pep/tags.h"

#include "core/buf.h"
#include "core/limits.h"
#include "core/map.h"
#include "core/vec.h"

/*
 * Every part of a tag has a small number, so that a tag is one integer and
 * ranking a wheel compares no text beyond one lookup for each of its parts.
 */
struct names {
    struct pl_map numbers; /* lower-case text -> uint32_t, in that order */
};

enum { PYTHON, ABI, PLATFORM, PARTS };

struct ranked {
    uint64_t key;
    uint32_t rank;
};

struct pl_tags {
    struct names names[PARTS];
    uint64_t *in_order;    /* keys, best first */
    struct ranked *sorted; /* by key, each key once */
    size_t count, sorted_count;
};

/* No tag of any platform comes near it. */
#define LONGEST_PART 64

#define NUMBER_BITS 21u
#define NUMBER_MASK ((1u << NUMBER_BITS) - 1)

static uint64_t key_of(uint32_t python, uint32_t abi, uint32_t platform)
{
    return (uint64_t)python << (2 * NUMBER_BITS) |
           (uint64_t)abi << NUMBER_BITS | platform;
}

static struct pl_str part_of(const struct pl_tags *tags, uint64_t key,
                             unsigned part)
{
    unsigned shift = (PLATFORM - part) * NUMBER_BITS;
    return tags->names[part].numbers.entries[key >> shift & NUMBER_MASK].key;
}

/* ---- building ---- */

struct builder {
    struct pl_arena *arena;
    struct pl_tags *tags;
    PL_VEC(uint64_t) keys;
};

static struct pl_str lowered(struct pl_arena *arena, struct pl_str text)
{
    char *copy = pl_new_array(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = pl_lower(text.at[i]);
    return (struct pl_str){copy, text.len};
}

static uint32_t intern(struct builder *b, unsigned part, struct pl_str text)
{
    struct pl_map *numbers = &b->tags->names[part].numbers;
    struct pl_str name = lowered(b->arena, text);
    void **slot = pl_map_slot(numbers, name);
    if (!*slot) {
        uint32_t *number = pl_new(b->arena, uint32_t);
        *number = (uint32_t)numbers->len - 1;
        *slot = number;
    }
    return *(uint32_t *)*slot;
}

static struct builder builder_from(struct pl_arena *arena)
{
    struct builder b = {.arena = arena, .tags = pl_new(arena, struct pl_tags)};
    for (unsigned part = 0; part < PARTS; part++)
        b.tags->names[part].numbers.arena = arena;
    return b;
}

static int by_key_then_rank(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static const struct pl_tags *finish(struct builder *b)
{
    struct pl_tags *tags = b->tags;
    tags->in_order = b->keys.at;
    tags->count = b->keys.len;
    tags->sorted = pl_new_array(b->arena, struct ranked, tags->count);
    for (size_t i = 0; i < tags->count; i++)
        tags->sorted[i] = (struct ranked){b->keys.at[i], (uint32_t)i};
    if (tags->count)
        qsort(tags->sorted, tags->count, sizeof(tags->sorted[0]),
              by_key_then_rank);
    for (size_t i = 0; i < tags->count; i++) {
        size_t n = tags->sorted_count;
        if (n == 0 || tags->sorted[n - 1].key != tags->sorted[i].key)
            tags->sorted[tags->sorted_count++] = tags->sorted[i];
    }
    return tags;
}

/* ---- the target's own list ---- */

PL_PRINTF(3, 4)
static uint32_t name(struct builder *b, unsigned part, const char *format, ...)
{
    PL_BUF(text, PL_MAX_WHEEL_NAME_BYTES);
    va_list args;
    va_start(args, format);
    pl_buf_addv(&text, format, args);
    va_end(args);
    return intern(b, part, pl_buf_view(&text));
}

struct platforms {
    PL_VEC(uint32_t) numbers; /* best first */
};

static void add_platform(struct builder *b, struct platforms *platforms,
                         const char *kind, const struct pl_env *env)
{
    uint32_t number = name(b, PLATFORM, "%s_%.*s", kind, PL_STR_ARG(env->arch));
    pl_vec_push(b->arena, &platforms->numbers, number);
}

/* The names from before PEP 600; each is a fixed glibc. */
static const char *legacy_manylinux(uint32_t glibc_minor)
{
    switch (glibc_minor) {
    case 17:
        return "manylinux2014";
    case 12:
        return "manylinux2010";
    case 5:
        return "manylinux1";
    default:
        return NULL;
    }
}

static struct platforms linux_platforms(struct builder *b,
                                        const struct pl_env *env)
{
    struct platforms platforms = {0};
    /* No architecture but x86 had a manylinux before 2014. */
    uint32_t oldest = pl_str_is(env->arch, "x86_64") ? 5 : 17;
    for (uint32_t minor = env->glibc_minor; minor >= oldest; minor--) {
        char modern[32];
        snprintf(modern, sizeof(modern), "manylinux_2_%u", minor);
        add_platform(b, &platforms, modern, env);
        const char *legacy = legacy_manylinux(minor);
        if (legacy)
            add_platform(b, &platforms, legacy, env);
    }
    add_platform(b, &platforms, "linux", env);
    return platforms;
}

static void add_each(struct builder *b, uint32_t python, uint32_t abi,
                     const struct platforms *platforms)
{
    for (size_t i = 0; i < platforms->numbers.len; i++)
        pl_vec_push(b->arena, &b->keys,
                    key_of(python, abi, platforms->numbers.at[i]));
}

static void add_cpython(struct builder *b, const struct pl_env *env,
                        const struct platforms *platforms)
{
    uint32_t major = env->python_major, minor = env->python_minor;
    uint32_t own = name(b, PYTHON, "cp%u%u", major, minor);
    uint32_t abi3 = name(b, ABI, "abi3");
    add_each(b, own, name(b, ABI, "cp%u%u", major, minor), platforms);
    add_each(b, own, abi3, platforms);
    add_each(b, own, name(b, ABI, "none"), platforms);
    /* PEP 384 came with Python 3.2. */
    for (uint32_t older = minor; older-- > 2;)
        add_each(b, name(b, PYTHON, "cp%u%u", major, older), abi3, platforms);
}

/* "py311", "py3", "py310" ... "py30", for each of the platforms. */
static void add_pure(struct builder *b, const struct pl_env *env,
                     const struct platforms *platforms)
{
    uint32_t major = env->python_major, minor = env->python_minor;
    uint32_t none = name(b, ABI, "none");
    add_each(b, name(b, PYTHON, "py%u%u", major, minor), none, platforms);
    add_each(b, name(b, PYTHON, "py%u", major), none, platforms);
    for (uint32_t older = minor; older-- > 0;)
        add_each(b, name(b, PYTHON, "py%u%u", major, older), none, platforms);
}

const struct pl_tags *pl_tags_make(struct pl_arena *arena,
                                   const struct pl_env *env)
{
    struct builder b = builder_from(arena);
    struct platforms machine = linux_platforms(&b, env);
    struct platforms any = {0};
    pl_vec_push(arena, &any.numbers, name(&b, PLATFORM, "any"));

    add_cpython(&b, env, &machine);
    add_pure(&b, env, &machine);
    add_each(&b,
             name(&b, PYTHON, "cp%u%u", env->python_major, env->python_minor),
             name(&b, ABI, "none"), &any);
    add_pure(&b, env, &any);
    return finish(&b);
}

const struct pl_tags *pl_tags_from_list(struct pl_arena *arena,
                                        const struct pl_str *list, size_t count)
{
    struct builder b = builder_from(arena);
    for (size_t i = 0; i < count; i++) {
        struct pl_str rest = list[i], part[PARTS] = {0};
        for (unsigned p = 0; p < PARTS; p++)
            pl_str_cut(&rest, '-', &part[p]);
        pl_vec_push(arena, &b.keys,
                    key_of(intern(&b, PYTHON, part[PYTHON]),
                           intern(&b, ABI, part[ABI]),
                           intern(&b, PLATFORM, part[PLATFORM])));
    }
    return finish(&b);
}

/* ---- asking ---- */

/* What the target knows of one compressed set, each part once. */
struct known {
    uint32_t numbers[PL_MAX_TAG_PARTS];
    size_t count;
};

static void know(struct known *known, uint32_t number)
{
    for (size_t i = 0; i < known->count; i++)
        if (known->numbers[i] == number)
            return;
    if (known->count < PL_MAX_TAG_PARTS)
        known->numbers[known->count++] = number;
}

static bool find_number(const struct names *names, struct pl_str text,
                        uint32_t *number)
{
    char lower[LONGEST_PART];
    if (text.len > sizeof(lower))
        return false;
    for (size_t i = 0; i < text.len; i++)
        lower[i] = pl_lower(text.at[i]);
    uint32_t *found =
        pl_map_get(&names->numbers, (struct pl_str){lower, text.len});
    if (found)
        *number = *found;
    return found != NULL;
}

static void split(const struct names *names, struct pl_str set,
                  struct known *known)
{
    struct pl_str part;
    known->count = 0;
    while (pl_str_cut(&set, '.', &part)) {
        uint32_t number;
        if (find_number(names, part, &number))
            know(known, number);
    }
}

static uint32_t rank_of(const struct pl_tags *tags, uint64_t key)
{
    size_t low = 0, high = tags->sorted_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tags->sorted[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == tags->sorted_count || tags->sorted[low].key != key)
        return PL_TAG_NONE;
    return tags->sorted[low].rank;
}

uint32_t pl_tags_rank(const struct pl_tags *tags, struct pl_str python,
                      struct pl_str abi, struct pl_str platform)
{
    struct known pythons, abis, platforms;
    split(&tags->names[PYTHON], python, &pythons);
    split(&tags->names[ABI], abi, &abis);
    split(&tags->names[PLATFORM], platform, &platforms);

    uint32_t best = PL_TAG_NONE;
    for (size_t i = 0; i < pythons.count; i++)
        for (size_t j = 0; j < abis.count; j++)
            for (size_t k = 0; k < platforms.count; k++) {
                uint32_t rank =
                    rank_of(tags, key_of(pythons.numbers[i], abis.numbers[j],
                                         platforms.numbers[k]));
                if (rank < best)
                    best = rank;
            }
    return best;
}

/* ---- which wheels could ever matter ---- */

static bool starts_nocase(struct pl_str text, const char *prefix)
{
    return pl_str_is_nocase(pl_str_sub(text, 0, strlen(prefix)), prefix);
}

static bool ends_nocase(struct pl_str text, const char *suffix)
{
    size_t len = strlen(suffix);
    return text.len >= len &&
           pl_str_is_nocase(pl_str_sub(text, text.len - len, text.len), suffix);
}

static bool is_possible_python(struct pl_str part)
{
    return starts_nocase(part, "cp") || starts_nocase(part, "py");
}

static bool is_possible_abi(struct pl_str part)
{
    if (!starts_nocase(part, "cp"))
        return pl_str_is_nocase(part, "none") || pl_str_is_nocase(part, "abi3");
    return pl_is_digit(part.at[part.len - 1]);
}

static bool is_possible_platform(struct pl_str part)
{
    if (!starts_nocase(part, "manylinux") && !starts_nocase(part, "linux_"))
        return pl_str_is_nocase(part, "any");
    return ends_nocase(part, "_x86_64") || ends_nocase(part, "_aarch64");
}

static bool any_part(struct pl_str set, bool (*is_possible)(struct pl_str))
{
    struct pl_str part;
    while (pl_str_cut(&set, '.', &part))
        if (is_possible(part))
            return true;
    return false;
}

bool pl_tags_possible(struct pl_str python, struct pl_str abi,
                      struct pl_str platform)
{
    return any_part(python, is_possible_python) &&
           any_part(abi, is_possible_abi) &&
           any_part(platform, is_possible_platform);
}

/* ---- listing ---- */

size_t pl_tags_count(const struct pl_tags *tags)
{
    return tags->count;
}

struct pl_str pl_tags_at(struct pl_arena *arena, const struct pl_tags *tags,
                         size_t i)
{
    uint64_t key = tags->in_order[i];
    return pl_arena_printf(arena, "%.*s-%.*s-%.*s",
                           PL_STR_ARG(part_of(tags, key, PYTHON)),
                           PL_STR_ARG(part_of(tags, key, ABI)),
                           PL_STR_ARG(part_of(tags, key, PLATFORM)));
}
