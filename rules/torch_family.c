#include "rules/torch_family.h"

#include "rules/record.h"
#include "rules/shipped.h"

/* ---- the keys, as docs/rule-format.md lists them ---- */

enum { FORMAT, PROJECT, PYPI_CUDA };

static const struct pl_key root_keys[] = {
    [FORMAT] = {"podlock-torch-family", PL_KEY_INT, true},
    [PROJECT] = {"project", PL_KEY_TABLES, true},
    [PYPI_CUDA] = {"pypi-cuda", PL_KEY_TABLES, false},
};

enum { NAME, PYPI, COMPANION, REASON };

static const struct pl_key project_keys[] = {
    [NAME] = {"name", PL_KEY_STR, true},
    [PYPI] = {"pypi", PL_KEY_BOOL, true},
    [COMPANION] = {"companion", PL_KEY_BOOL, true},
    [REASON] = {"reason", PL_KEY_STR, true},
};

enum { TORCH, CUDA };

static const struct pl_key cuda_keys[] = {
    [TORCH] = {"torch", PL_KEY_STR, true},
    [CUDA] = {"cuda", PL_KEY_STR, true},
};

static const struct pl_shape root_shape = {"the torch family", root_keys,
                                           PL_COUNT(root_keys)};
static const struct pl_shape project_shape = {"[[project]]", project_keys,
                                              PL_COUNT(project_keys)};
static const struct pl_shape cuda_shape = {"[[pypi-cuda]]", cuda_keys,
                                           PL_COUNT(cuda_keys)};

/* ---- [[project]] ---- */

static bool read_project(struct pl_record r, const struct pl_toml_node *node,
                         struct pl_torch_project *out)
{
    if (!pl_record_read(&r, &project_shape, node) ||
        !pl_record_name(&r, NAME, &out->name))
        return false;
    out->pypi = pl_record_bool(&r, PYPI, false);
    out->companion = pl_record_bool(&r, COMPANION, false);
    return true;
}

/* Puts the last one in its place; false when its name is there already. */
static bool insert_project(struct pl_torch_project *projects, size_t last)
{
    struct pl_torch_project project = projects[last];
    size_t at = last;
    while (at > 0 && pl_str_cmp(projects[at - 1].name, project.name) > 0)
        at--;
    if (at > 0 && pl_str_eq(projects[at - 1].name, project.name))
        return false;
    memmove(&projects[at + 1], &projects[at], (last - at) * sizeof(*projects));
    projects[at] = project;
    return true;
}

static bool read_projects(struct pl_record r, struct pl_torch_family *family)
{
    size_t count = pl_record_count(&r, PROJECT);
    struct pl_torch_project *projects =
        pl_new_array(r.arena, struct pl_torch_project, count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_toml_node *node = pl_record_at(&r, PROJECT, i);
        if (!read_project(r, node, &projects[i]))
            return false;
        struct pl_str name = projects[i].name;
        if (!insert_project(projects, i))
            return pl_error_set(r.err, PL_ERR_INPUT, pl_toml_span(node),
                                "`%.*s` stands twice", PL_STR_ARG(name));
    }
    family->projects = projects;
    family->count = count;
    return true;
}

/* ---- [[pypi-cuda]] ---- */

/* "2.8": two numbers as versions have them. */
static bool is_minor(struct pl_str text)
{
    size_t dot = pl_str_find(text, '.');
    uint64_t number;
    return dot < text.len && pl_str_to_u64(pl_str_sub(text, 0, dot), &number) &&
           pl_str_to_u64(pl_str_sub(text, dot + 1, text.len), &number);
}

static bool is_cuda(struct pl_str text)
{
    uint64_t number;
    return text.len == 5 && pl_str_starts(text, "cu") &&
           pl_str_to_u64(pl_str_sub(text, 2, text.len), &number);
}

static bool read_cuda(struct pl_record r, const struct pl_toml_node *node,
                      struct pl_torch_cuda *out)
{
    if (!pl_record_read(&r, &cuda_shape, node))
        return false;
    out->torch = pl_record_str(&r, TORCH);
    out->cuda = pl_record_str(&r, CUDA);
    if (!is_minor(out->torch))
        return pl_record_fail(&r, TORCH, "`%.*s` is not a release such as 2.8",
                              PL_STR_ARG(out->torch));
    if (!is_cuda(out->cuda))
        return pl_record_fail(&r, CUDA, "`%.*s` is not a label such as cu128",
                              PL_STR_ARG(out->cuda));
    return true;
}

static const struct pl_torch_cuda *
find_cuda(const struct pl_torch_family *family, struct pl_str torch)
{
    for (size_t i = 0; i < family->pypi_cuda_count; i++)
        if (pl_str_eq(family->pypi_cuda[i].torch, torch))
            return &family->pypi_cuda[i];
    return NULL;
}

static bool read_cudas(struct pl_record r, struct pl_torch_family *family)
{
    size_t count = pl_record_count(&r, PYPI_CUDA);
    struct pl_torch_cuda *cudas =
        pl_new_array(r.arena, struct pl_torch_cuda, count);
    family->pypi_cuda = cudas;
    for (size_t i = 0; i < count; i++) {
        const struct pl_toml_node *node = pl_record_at(&r, PYPI_CUDA, i);
        if (!read_cuda(r, node, &cudas[i]))
            return false;
        if (find_cuda(family, cudas[i].torch))
            return pl_error_set(r.err, PL_ERR_INPUT, pl_toml_span(node),
                                "torch `%.*s` stands twice",
                                PL_STR_ARG(cudas[i].torch));
        family->pypi_cuda_count++;
    }
    return true;
}

/* ---- the whole ---- */

static bool read_family(struct pl_arena *arena, const struct pl_source *source,
                        struct pl_toml *doc, struct pl_torch_family *out,
                        struct pl_error *err)
{
    struct pl_record r = {.arena = arena, .source = source, .err = err};
    struct pl_torch_family family = {0};
    const struct pl_toml_node *root = pl_toml_root(doc);
    bool good =
        pl_record_format(&r, root, "podlock-torch-family", "a torch family") &&
        pl_record_read(&r, &root_shape, root) && read_projects(r, &family) &&
        read_cudas(r, &family);
    pl_toml_destroy(doc);
    if (good)
        *out = family;
    return good;
}

bool pl_torch_family_parse(struct pl_arena *arena,
                           const struct pl_source *source,
                           struct pl_torch_family *out, struct pl_error *err)
{
    struct pl_toml *doc;
    return pl_toml_parse(source, &doc, err) &&
           read_family(arena, source, doc, out, err);
}

bool pl_torch_family_load(struct pl_arena *arena, struct pl_torch_family *out,
                          struct pl_error *err)
{
    for (size_t i = 0; i < pl_shipped_file_count; i++) {
        const struct pl_shipped_file *file = &pl_shipped_files[i];
        if (!pl_str_is(file->name, "torch-family.toml"))
            continue;
        const struct pl_source *source = pl_shipped_source(arena, file);
        return read_family(arena, source, pl_shipped_open(source, file), out,
                           err);
    }
    return pl_error_plain(err, PL_ERR_INPUT,
                          "torch-family.toml was not built in");
}

const struct pl_torch_project *
pl_torch_family_find(const struct pl_torch_family *family, struct pl_str name)
{
    for (size_t i = 0; i < family->count; i++)
        if (pl_str_eq(family->projects[i].name, name))
            return &family->projects[i];
    return NULL;
}

struct pl_str pl_torch_family_pypi_cuda(const struct pl_torch_family *family,
                                        const struct pl_version *torch)
{
    char text[64];
    unsigned long long minor = torch->release_count > 1 ? torch->release[1] : 0;
    int len = snprintf(text, sizeof(text), "%llu.%llu",
                       (unsigned long long)torch->release[0], minor);
    const struct pl_torch_cuda *found =
        find_cuda(family, (struct pl_str){text, (size_t)len});
    return found ? found->cuda : (struct pl_str){0};
}
