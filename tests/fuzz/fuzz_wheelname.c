/* A file name on the first line, the name of a project on the second. */
#include "core/limits.h"
#include "pep/name.h"
#include "pep/tags.h"
#include "pep/wheelname.h"
#include "tests/fuzz/fuzz.h"

static struct pl_str escaped(struct pl_arena *arena, struct pl_str name)
{
    char *text = pl_new_array(arena, char, name.len + 1);
    for (size_t i = 0; i < name.len; i++)
        text[i] = name.at[i] == '-' ? '_' : name.at[i];
    return (struct pl_str){text, name.len};
}

static struct pl_str rebuilt(struct pl_arena *arena,
                             const struct pl_wheelname *w)
{
    PL_BUF(build, PL_MAX_WHEEL_NAME_BYTES);
    if (w->tags.has_build)
        pl_buf_addf(&build, "-%llu%.*s",
                    (unsigned long long)w->tags.build_number,
                    PL_STR_ARG(w->tags.build_rest));
    return pl_arena_printf(arena, "%.*s-%.*s%.*s-%.*s-%.*s-%.*s.whl",
                           PL_STR_ARG(escaped(arena, w->name)),
                           PL_STR_ARG(pl_version_text(arena, &w->version)),
                           PL_STR_ARG(pl_buf_view(&build)),
                           PL_STR_ARG(w->tags.python), PL_STR_ARG(w->tags.abi),
                           PL_STR_ARG(w->tags.platform));
}

/* The name made of the parts has the same parts. */
static void check_wheel(struct pl_arena *arena, const struct pl_wheelname *w)
{
    struct pl_wheelname again;
    struct pl_str text = rebuilt(arena, w);
    if (text.len > PL_MAX_WHEEL_NAME_BYTES)
        return;
    PL_FUZZ_WANT(pl_wheelname_parse(arena, text, &again, NULL));
    PL_FUZZ_WANT(pl_name_is_normal(w->name));
    PL_FUZZ_WANT(pl_str_eq(w->name, again.name));
    PL_FUZZ_WANT(pl_version_cmp(&w->version, &again.version) == 0);
    PL_FUZZ_WANT(w->tags.has_build == again.tags.has_build);
    PL_FUZZ_WANT(pl_wheelname_cmp_build(&w->tags, &again.tags) == 0);
    PL_FUZZ_WANT(pl_str_eq(w->tags.platform, again.tags.platform));
    PL_FUZZ_WANT(pl_str_eq(text, rebuilt(arena, &again)));
}

static void check_rank(struct pl_arena *arena, const struct pl_wheelname *w)
{
    struct pl_env env;
    PL_FUZZ_WANT(pl_env_make(arena, PL_STR("3.4"), PL_STR("2.17"),
                             PL_STR("aarch64"), &env, NULL));
    const struct pl_tags *tags = pl_tags_make(arena, &env);
    uint32_t rank =
        pl_tags_rank(tags, w->tags.python, w->tags.abi, w->tags.platform);
    PL_FUZZ_WANT(rank == PL_TAG_NONE || rank < pl_tags_count(tags));
}

/* When the name alone tells the project, naming the project changes nothing. */
static void check_sdist(struct pl_arena *arena, struct pl_str file,
                        const struct pl_version *version)
{
    struct pl_version again;
    struct pl_str name = pl_str_sub(file, 0, pl_str_rfind(file, '-'));
    name = pl_name_normalize(arena, name);
    PL_FUZZ_WANT(pl_name_is_normal(name));
    PL_FUZZ_WANT(pl_sdistname_parse(arena, file, name, &again, NULL));
    PL_FUZZ_WANT(pl_version_cmp(version, &again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str project = pl_fuzz_text(data, size), file = {0}, none = {0};
    (void)pl_str_cut(&project, '\n', &file);
    struct pl_wheelname w;
    struct pl_version version;
    if (pl_wheelname_parse(&arena, file, &w, &err)) {
        check_wheel(&arena, &w);
        check_rank(&arena, &w);
    } else {
        PL_FUZZ_WANT(err.code != PL_OK && err.span.begin <= err.span.end &&
                     err.span.end <= file.len);
    }
    if (pl_sdistname_parse(&arena, file, none, &version, NULL))
        check_sdist(&arena, file, &version);
    err = (struct pl_error){.arena = &arena};
    if (!pl_sdistname_parse(&arena, file, project, &version, &err))
        PL_FUZZ_WANT(err.code != PL_OK && err.span.end <= file.len);
    return 0;
}
