/*
 * How fast versions are parsed, compared and matched.
 *
 * usage: bench_pep440 VERSIONS SPECIFIERS
 *
 * Each file has one text a line; what is not well formed is counted and left
 * out. Every version is matched with every specifier, every version compared
 * with every other one. Prints processor time and rates.
 */
#include <stdio.h>
#include <time.h>

#include "core/file.h"
#include "core/limits.h"
#include "core/vec.h"
#include "pep/specifier.h"
#include "pep/version.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void show(const char *what, size_t count, double begin)
{
    double seconds = now() - begin;
    printf("%-20s %12zu in %7.3f s: %8.2f million a second, %7.1f ns each\n",
           what, count, seconds, (double)count / seconds / 1e6,
           seconds * 1e9 / (double)count);
}

struct input {
    PL_VEC(struct pl_version) versions;
    PL_VEC(struct pl_specifier) specifiers;
    struct pl_str version_text, specifier_text;
};

static void parse_versions(struct pl_arena *arena, struct input *in)
{
    struct pl_str rest = in->version_text, line;
    struct pl_version v;
    size_t lines = 0, packed = 0;
    double begin = now();
    for (; pl_str_cut(&rest, '\n', &line); lines++)
        if (pl_version_parse_view(arena, line, &v, NULL))
            pl_vec_push(arena, &in->versions, v);
    show("versions parsed", lines, begin);
    for (size_t i = 0; i < in->versions.len; i++)
        packed += in->versions.at[i].key != 0;
    printf("  %zu of %zu well formed, %zu packed\n", in->versions.len, lines,
           packed);
}

static void parse_specifiers(struct pl_arena *arena, struct input *in)
{
    struct pl_str rest = in->specifier_text, line;
    struct pl_specifier s;
    size_t lines = 0, mended = 0;
    bool repaired;
    double begin = now();
    for (; pl_str_cut(&rest, '\n', &line); lines++) {
        if (!pl_specifier_parse_lenient(arena, line, &s, &repaired, NULL))
            continue;
        pl_vec_push(arena, &in->specifiers, s);
        mended += repaired;
    }
    show("specifiers parsed", lines, begin);
    printf("  %zu of %zu well formed or repaired (%zu)\n", in->specifiers.len,
           lines, mended);
}

static void compare_all(const struct input *in, const char *what)
{
    size_t lower = 0, count = in->versions.len;
    double begin = now();
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            lower +=
                pl_version_cmp(&in->versions.at[i], &in->versions.at[j]) < 0;
    show(what, count * count, begin);
    printf("  %zu lower\n", lower);
}

static void match_all(const struct input *in, const char *what)
{
    size_t matches = 0, count = in->versions.len;
    double begin = now();
    for (size_t i = 0; i < in->specifiers.len; i++)
        for (size_t j = 0; j < count; j++)
            matches +=
                pl_specifier_match(&in->specifiers.at[i], &in->versions.at[j]);
    show(what, in->specifiers.len * count, begin);
    printf("  %zu match\n", matches);
}

/* As if no version had a key: what packing is worth. */
static void take_keys_away(struct input *in)
{
    for (size_t i = 0; i < in->versions.len; i++)
        in->versions.at[i].key = 0;
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct input in = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: %s VERSIONS SPECIFIERS\n", argv[0]);
        return 2;
    }
    if (!pl_file_load(&arena, pl_str_from(argv[1]), PL_MAX_USER_FILE_BYTES,
                      &in.version_text, NULL, &err) ||
        !pl_file_load(&arena, pl_str_from(argv[2]), PL_MAX_USER_FILE_BYTES,
                      &in.specifier_text, NULL, &err)) {
        fprintf(stderr, "%.*s\n", PL_STR_ARG(err.message));
        return 1;
    }
    parse_versions(&arena, &in);
    parse_specifiers(&arena, &in);
    compare_all(&in, "compares");
    match_all(&in, "matches");
    take_keys_away(&in);
    compare_all(&in, "compares, no keys");
    match_all(&in, "matches, no keys");
    return 0;
}
