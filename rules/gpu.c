#include "rules/gpu.h"

#include "core/limits.h"
#include "rules/record.h"
#include "rules/shipped.h"

/* ---- the keys, as docs/rule-format.md lists them ---- */

enum { FORMAT, DRIVER, BUILD, GENERATION };

static const struct pl_key root_keys[] = {
    [FORMAT] = {"podlock-gpu", PL_KEY_INT, true},
    [DRIVER] = {"driver", PL_KEY_TABLES, true},
    [BUILD] = {"build", PL_KEY_TABLES, true},
    [GENERATION] = {"generation", PL_KEY_TABLES, true},
};

enum { DRIVER_CUDA, DRIVER_LINUX, DRIVER_SOURCE };

static const struct pl_key driver_keys[] = {
    [DRIVER_CUDA] = {"cuda", PL_KEY_INT, true},
    [DRIVER_LINUX] = {"linux", PL_KEY_STR, true},
    [DRIVER_SOURCE] = {"source", PL_KEY_STR, true},
};

enum { TORCH, VARIANT, BUILD_CAPABILITIES, STATUS, BUILD_SOURCE };

static const struct pl_key build_keys[] = {
    [TORCH] = {"torch", PL_KEY_STR, true},
    [VARIANT] = {"variant", PL_KEY_STR, true},
    [BUILD_CAPABILITIES] = {"capabilities", PL_KEY_STRS, true},
    [STATUS] = {"status", PL_KEY_STR, true},
    [BUILD_SOURCE] = {"source", PL_KEY_STR, true},
};

enum { NAME, CAPABILITIES };

static const struct pl_key generation_keys[] = {
    [NAME] = {"name", PL_KEY_STR, true},
    [CAPABILITIES] = {"capabilities", PL_KEY_STRS, true},
};

static const struct pl_shape root_shape = {"the list of GPUs", root_keys,
                                           PL_COUNT(root_keys)};
static const struct pl_shape driver_shape = {"[[driver]]", driver_keys,
                                             PL_COUNT(driver_keys)};
static const struct pl_shape build_shape = {"[[build]]", build_keys,
                                            PL_COUNT(build_keys)};
static const struct pl_shape generation_shape = {
    "[[generation]]", generation_keys, PL_COUNT(generation_keys)};

/* ---- reading ---- */

/* "8.6": two numbers and a dot. */
static bool read_pair(struct pl_str text, uint64_t pair[2])
{
    size_t dot = pl_str_find(text, '.');
    return dot < text.len &&
           pl_str_to_u64(pl_str_sub(text, 0, dot), &pair[0]) &&
           pl_str_to_u64(pl_str_sub(text, dot + 1, text.len), &pair[1]);
}

static bool read_capabilities(const struct pl_record *r, size_t key,
                              const struct pl_str **out, size_t *count)
{
    uint64_t pair[2];
    *count = pl_record_strs(r, key, out);
    for (size_t i = 0; i < *count; i++)
        if (!read_pair((*out)[i], pair))
            return pl_record_fail(r, key,
                                  "`%.*s` is no compute capability such as "
                                  "8.6",
                                  PL_STR_ARG((*out)[i]));
    return *count || pl_record_fail(r, key, "no compute capability is listed");
}

static bool read_driver(struct pl_record r, const struct pl_toml_node *node,
                        struct pl_gpu_driver *out)
{
    int64_t cuda = 0;
    if (!pl_record_read(&r, &driver_shape, node) ||
        !pl_record_version(&r, DRIVER_LINUX, &out->linux_driver) ||
        !pl_toml_get_int(node, "cuda", &cuda, r.err))
        return false;
    out->cuda = (uint64_t)cuda;
    out->source = pl_record_str(&r, DRIVER_SOURCE);
    return cuda > 0 ||
           pl_record_fail(&r, DRIVER_CUDA, "CUDA has a number above 0");
}

static bool read_build(struct pl_record r, const struct pl_toml_node *node,
                       struct pl_gpu_build *out)
{
    static const char *const words[] = {"tested", "reported"};
    uint64_t pair[2];
    size_t word;
    if (!pl_record_read(&r, &build_shape, node) ||
        !pl_record_choice(&r, STATUS, words, PL_COUNT(words), &word) ||
        !read_capabilities(&r, BUILD_CAPABILITIES, &out->capabilities,
                           &out->capability_count))
        return false;
    out->torch = pl_record_str(&r, TORCH);
    out->variant = pl_record_str(&r, VARIANT);
    out->status = pl_str_from(words[word]);
    out->source = pl_record_str(&r, BUILD_SOURCE);
    return read_pair(out->torch, pair) ||
           pl_record_fail(&r, TORCH, "`%.*s` is not a release such as 2.8",
                          PL_STR_ARG(out->torch));
}

static bool read_generation(struct pl_record r, const struct pl_toml_node *node,
                            struct pl_gpu_generation *out)
{
    if (!pl_record_read(&r, &generation_shape, node))
        return false;
    out->name = pl_record_str(&r, NAME);
    return read_capabilities(&r, CAPABILITIES, &out->capabilities,
                             &out->capability_count);
}

static bool read_tables(struct pl_record r, struct pl_gpu *out)
{
    size_t drivers = pl_record_count(&r, DRIVER);
    size_t builds = pl_record_count(&r, BUILD);
    size_t generations = pl_record_count(&r, GENERATION);
    struct pl_gpu_driver *d =
        pl_new_array(r.arena, struct pl_gpu_driver, drivers);
    struct pl_gpu_build *b = pl_new_array(r.arena, struct pl_gpu_build, builds);
    struct pl_gpu_generation *g =
        pl_new_array(r.arena, struct pl_gpu_generation, generations);
    for (size_t i = 0; i < drivers; i++)
        if (!read_driver(r, pl_record_at(&r, DRIVER, i), &d[i]))
            return false;
    for (size_t i = 0; i < builds; i++)
        if (!read_build(r, pl_record_at(&r, BUILD, i), &b[i]))
            return false;
    for (size_t i = 0; i < generations; i++)
        if (!read_generation(r, pl_record_at(&r, GENERATION, i), &g[i]))
            return false;
    *out = (struct pl_gpu){d, drivers, b, builds, g, generations};
    return true;
}

static bool read_gpu(struct pl_arena *arena, const struct pl_source *source,
                     struct pl_toml *doc, struct pl_gpu *out,
                     struct pl_error *err)
{
    struct pl_record r = {.arena = arena, .source = source, .err = err};
    const struct pl_toml_node *root = pl_toml_root(doc);
    bool good = pl_record_format(&r, root, "podlock-gpu", "a list of GPUs") &&
                pl_record_read(&r, &root_shape, root) && read_tables(r, out);
    pl_toml_destroy(doc);
    return good;
}

bool pl_gpu_parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_gpu *out, struct pl_error *err)
{
    struct pl_toml *doc;
    return pl_toml_parse(source, &doc, err) &&
           read_gpu(arena, source, doc, out, err);
}

bool pl_gpu_load(struct pl_arena *arena, struct pl_gpu *out,
                 struct pl_error *err)
{
    for (size_t i = 0; i < pl_shipped_file_count; i++) {
        const struct pl_shipped_file *file = &pl_shipped_files[i];
        if (!pl_str_is(file->name, "gpu.toml"))
            continue;
        const struct pl_source *source = pl_shipped_source(arena, file);
        return read_gpu(arena, source, pl_shipped_open(source, file), out, err);
    }
    return pl_error_plain(err, PL_ERR_INPUT, "gpu.toml was not built in");
}

/* ---- asking ---- */

/* "cu128" is 12.8, "cu118" 11.8: the last digit is the minor version. */
static bool major_of(struct pl_str cuda, uint64_t *major)
{
    bool is_label = pl_str_starts(cuda, "cu") && cuda.len > 3;
    struct pl_str digits = is_label
                               ? pl_str_sub(cuda, 2, cuda.len - 1)
                               : pl_str_sub(cuda, 0, pl_str_find(cuda, '.'));
    return pl_str_to_u64(digits, major);
}

const struct pl_gpu_driver *pl_gpu_driver_of(const struct pl_gpu *gpu,
                                             struct pl_str cuda)
{
    uint64_t major;
    if (!major_of(cuda, &major))
        return NULL;
    for (size_t i = 0; i < gpu->driver_count; i++)
        if (gpu->drivers[i].cuda == major)
            return &gpu->drivers[i];
    return NULL;
}

const struct pl_gpu_build *pl_gpu_build_of(const struct pl_gpu *gpu,
                                           const struct pl_version *torch,
                                           struct pl_str variant)
{
    uint64_t minor = torch->release_count > 1 ? torch->release[1] : 0, pair[2];
    if (pl_version_is_prerelease(torch))
        return NULL;
    for (size_t i = 0; i < gpu->build_count; i++) {
        const struct pl_gpu_build *build = &gpu->builds[i];
        if (pl_str_eq(build->variant, variant) &&
            read_pair(build->torch, pair) && pair[0] == torch->release[0] &&
            pair[1] == minor)
            return build;
    }
    return NULL;
}

static bool has_code_for(const struct pl_gpu_build *build, struct pl_str gpu)
{
    uint64_t wanted[2], built[2];
    if (!read_pair(gpu, wanted))
        return false;
    for (size_t i = 0; i < build->capability_count; i++)
        if (read_pair(build->capabilities[i], built) && built[0] == wanted[0] &&
            built[1] <= wanted[1])
            return true;
    return false;
}

bool pl_gpu_runs(const struct pl_gpu_build *build,
                 const struct pl_gpu_generation *generation)
{
    for (size_t i = 0; i < generation->capability_count; i++)
        if (!has_code_for(build, generation->capabilities[i]))
            return false;
    return true;
}

struct pl_str pl_gpu_generations(struct pl_arena *arena,
                                 const struct pl_gpu *gpu,
                                 const struct pl_gpu_build *build)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    size_t i = 0;
    while (i < gpu->generation_count) {
        size_t first = i;
        while (i < gpu->generation_count &&
               pl_gpu_runs(build, &gpu->generations[i]))
            i++;
        if (i > first)
            pl_buf_addf(&text, "%s%.*s", text.len ? ", " : "",
                        PL_STR_ARG(gpu->generations[first].name));
        if (i > first + 1)
            pl_buf_addf(&text, " to %.*s",
                        PL_STR_ARG(gpu->generations[i - 1].name));
        i++;
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}
