#include "container/scan_internal.h"

#include "core/file.h"
#include "core/json.h"
#include "core/limits.h"

/* docs/snapshot.md has the files and their order. */

#define CUDA "/usr/local/cuda"

/*
 * "12.8.1" at the beginning of a text, or "12.8"; empty when there is neither.
 * A third number that is a day ("11.8.20220929") is no patch level.
 */
static struct pl_str version_of(struct pl_str text)
{
    struct pl_str rest = text, part;
    size_t end = 0, parts = 0;
    while (parts < 3 && pl_str_cut(&rest, '.', &part)) {
        uint64_t number;
        size_t digits = 0;
        while (digits < part.len && pl_is_digit(part.at[digits]))
            digits++;
        if (!digits || !pl_str_to_u64(pl_str_sub(part, 0, digits), &number) ||
            number > 9999)
            break;
        end = (size_t)(part.at - text.at) + digits;
        parts++;
        if (digits < part.len)
            break;
    }
    return parts < 2 ? PL_STR("") : pl_str_sub(text, 0, end);
}

static bool tell(struct pl_container *out, struct pl_str version,
                 struct pl_str from)
{
    out->cuda = version_of(version);
    out->cuda_from = out->cuda.len ? from : PL_STR("");
    return out->cuda.len > 0;
}

/* {"cuda": {"name": "CUDA SDK", "version": "12.8.1"}, ...} */
static bool of_json(struct pl_scan *scan, struct pl_container *out)
{
    struct pl_str path = PL_STR(CUDA "/version.json"), text, version;
    struct pl_json *doc;
    struct pl_json_value cuda;
    struct pl_error err = {.arena = scan->arena};
    if (!pl_scan_text(scan, path, PL_MAX_SMALL_FILE_BYTES, &text))
        return false;
    if (!pl_json_parse(text, &doc, &err)) {
        pl_scan_trouble(scan, (struct pl_span){0}, "%.*s: %.*s",
                        PL_STR_ARG(path), PL_STR_ARG(err.message));
        return false;
    }
    bool told = pl_json_get(pl_json_root(doc), "cuda", &cuda) &&
                pl_json_get_str(cuda, "version", &version) &&
                tell(out, pl_arena_dup(scan->arena, version), path);
    pl_json_destroy(doc);
    return told;
}

/* "CUDA Version 10.2.89" */
static bool of_text(struct pl_scan *scan, struct pl_container *out)
{
    struct pl_str path = PL_STR(CUDA "/version.txt"), text;
    struct pl_str before = PL_STR("CUDA Version ");
    if (!pl_scan_text(scan, path, PL_MAX_SMALL_FILE_BYTES, &text))
        return false;
    size_t at = pl_str_find_str(text, before);
    return tell(out, pl_str_sub(text, at + before.len, text.len), path);
}

static bool of_variable(struct pl_scan *scan, struct pl_container *out)
{
    return tell(out, pl_scan_var(scan, "CUDA_VERSION"), PL_STR("CUDA_VERSION"));
}

/* The folder that the link leads to: "/usr/local/cuda-12.8". */
static bool of_folder(struct pl_scan *scan, struct pl_container *out)
{
    struct pl_str real = pl_scan_real(scan, PL_STR(CUDA));
    struct pl_str name = pl_path_base(real), before = PL_STR("cuda-");
    return pl_str_starts(name, before.at) && pl_scan_is_folder(scan, real) &&
           tell(out, pl_str_sub(name, before.len, name.len), real);
}

/* conda-meta/cuda-version-12.4-hbda6634_3.json */
static bool of_conda(struct pl_scan *scan, struct pl_container *out)
{
    static const char *const names[] = {"cuda-version-", "cudatoolkit-",
                                        "cuda-runtime-", "cuda-toolkit-"};
    struct pl_tree_entry *entries;
    size_t count;
    if (!out->python_count || out->pythons[0].kind != PL_PYTHON_CONDA)
        return false;
    struct pl_str folder =
        pl_scan_join(scan, out->pythons[0].prefix, PL_STR("conda-meta"));
    pl_scan_list(scan, folder, &entries, &count);
    for (size_t n = 0; n < PL_COUNT(names); n++)
        for (size_t i = 0; i < count; i++) {
            struct pl_str name = entries[i].name;
            if (pl_str_starts(name, names[n]) &&
                tell(out, pl_str_sub(name, strlen(names[n]), name.len),
                     pl_scan_join(scan, folder, name)))
                return true;
        }
    return false;
}

/* "12.8.90" of the runtime's package: its third number is its own. */
static bool of_package(struct pl_scan *scan, struct pl_container *out)
{
    static const char *const names[] = {"nvidia-cuda-runtime-cu11",
                                        "nvidia-cuda-runtime-cu12",
                                        "nvidia-cuda-runtime"};
    for (size_t i = 0; i < PL_COUNT(names) && out->python_count; i++) {
        const struct pl_installed *found =
            pl_python_has(&out->pythons[0], pl_str_from(names[i]));
        if (!found || !tell(out, found->version_text, found->info))
            continue;
        size_t last = pl_str_rfind(out->cuda, '.');
        if (last > pl_str_find(out->cuda, '.'))
            out->cuda.len = last;
        return true;
    }
    (void)scan;
    return false;
}

/* CUDA_VERSION has the patch level that the files of CUDA 11 lack. */
static void add_patch(struct pl_scan *scan, struct pl_container *out)
{
    struct pl_container said = {0};
    if (of_variable(scan, &said) && said.cuda.len > out->cuda.len &&
        pl_str_eq(pl_str_sub(said.cuda, 0, out->cuda.len), out->cuda) &&
        said.cuda.at[out->cuda.len] == '.') {
        out->cuda = said.cuda;
        out->cuda_from = said.cuda_from;
    }
}

void pl_cuda_read(struct pl_scan *scan, struct pl_container *out)
{
    static bool (*const sources[])(struct pl_scan *, struct pl_container *) = {
        of_json, of_text, of_variable, of_folder, of_conda, of_package};
    for (size_t i = 0; i < PL_COUNT(sources); i++)
        if (sources[i](scan, out)) {
            add_patch(scan, out);
            return;
        }
}
