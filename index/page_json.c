#include "index/page_json.h"

#include "core/json.h"
#include "core/limits.h"
#include "pep/name.h"

#define SHOWN_BYTES 80

static void destroy_json(struct pl_json **doc)
{
    pl_json_destroy(*doc);
}

static bool wrong_type(struct pl_error *err, size_t row, const char *key)
{
    return pl_error_plain(err, PL_ERR_INDEX,
                          "file %zu of the page: `%s` is missing or has "
                          "another type than it should",
                          row, key);
}

/* An absent or null value leaves *out alone. False: another type. */
static bool optional_str(struct pl_json_value object, const char *key,
                         struct pl_str *out)
{
    struct pl_json_value value;
    return !pl_json_get(object, key, &value) ||
           pl_json_type(value) == PL_JSON_NULL || pl_json_str(value, out);
}

/* PEP 592: a reason alone says that the file is yanked, an empty one too. */
static bool read_yanked(struct pl_json_value file, struct pl_page_row *row)
{
    struct pl_json_value value;
    if (!pl_json_get(file, "yanked", &value) ||
        pl_json_type(value) == PL_JSON_NULL ||
        pl_json_bool(value, &row->yanked))
        return true;
    row->yanked = pl_json_str(value, &row->yanked_reason);
    return row->yanked;
}

static bool read_metadata(struct pl_json_value file, struct pl_page_row *row)
{
    struct pl_json_value value;
    if (!pl_json_get(file, "core-metadata", &value) &&
        !pl_json_get(file, "dist-info-metadata", &value))
        return true;
    if (pl_json_type(value) == PL_JSON_NULL ||
        pl_json_bool(value, &row->has_metadata))
        return true;
    row->has_metadata = pl_json_type(value) == PL_JSON_OBJECT;
    pl_json_get_str(value, "sha256", &row->metadata_sha256);
    return row->has_metadata;
}

static bool read_row(struct pl_json_value file, size_t number,
                     struct pl_page_row *row, struct pl_error *err)
{
    struct pl_json_value value;
    if (!pl_json_get_str(file, "filename", &row->name))
        return wrong_type(err, number, "filename");
    if (!pl_json_get_str(file, "url", &row->url))
        return wrong_type(err, number, "url");
    if (!optional_str(file, "requires-python", &row->requires_python))
        return wrong_type(err, number, "requires-python");
    if (!read_yanked(file, row))
        return wrong_type(err, number, "yanked");
    if (!read_metadata(file, row))
        return wrong_type(err, number, "core-metadata");
    if (pl_json_get(file, "hashes", &value))
        pl_json_get_str(value, "sha256", &row->sha256);
    pl_json_get_str(file, "upload-time", &row->upload_time);
    row->has_size =
        pl_json_get(file, "size", &value) && pl_json_u64(value, &row->size);
    return true;
}

static bool check_head(struct pl_arena *arena, struct pl_json_value root,
                       struct pl_str project, struct pl_error *err)
{
    struct pl_json_value meta;
    struct pl_str version, name;
    if (pl_json_get(root, "meta", &meta) &&
        pl_json_get_str(meta, "api-version", &version) &&
        !pl_page_check_api(version, err))
        return false;
    if (pl_json_get_str(root, "name", &name) &&
        !pl_str_eq(pl_name_normalize(arena, name), project))
        return pl_error_plain(err, PL_ERR_INDEX, "the page is about `%.*s`",
                              PL_STR_ARG(pl_str_sub(name, 0, SHOWN_BYTES)));
    return true;
}

static bool read_files(struct pl_page_build *build, struct pl_json_value files,
                       struct pl_error *err)
{
    struct pl_json_iter it = pl_json_items(files);
    struct pl_json_value file;
    while (pl_json_next(&it, NULL, &file)) {
        struct pl_page_row row = {0};
        if (!read_row(file, build->rows + 1, &row, err) ||
            !pl_page_add(build, &row, err))
            return false;
    }
    return true;
}

static bool read_page(struct pl_arena *arena, const struct pl_page_input *input,
                      struct pl_json_value root, const struct pl_page **out,
                      struct pl_error *err)
{
    struct pl_json_value files, status;
    struct pl_str text;
    if (!check_head(arena, root, input->project, err))
        return false;
    if (!pl_json_get(root, "files", &files) ||
        pl_json_type(files) != PL_JSON_ARRAY)
        return pl_error_plain(err, PL_ERR_INDEX,
                              "not an index page: it has no list of files");
    struct pl_page_build build = pl_page_begin(arena, input);
    if (!read_files(&build, files, err))
        return false;
    if (pl_json_get(root, "project-status", &status) &&
        pl_json_get_str(status, "status", &text))
        pl_page_set_status(&build, text);
    *out = pl_page_finish(&build);
    return true;
}

static bool not_json(struct pl_str body, struct pl_error *err)
{
    struct pl_str line = pl_str_trim(pl_str_sub(body, 0, SHOWN_BYTES * 2));
    line = pl_str_sub(line, 0, pl_str_find(line, '\n'));
    pl_error_wrap(err, "not an index page, it begins with `%.*s`",
                  PL_STR_ARG(pl_str_sub(line, 0, SHOWN_BYTES)));
    if (err && err->code != PL_ERR_LIMIT)
        err->code = PL_ERR_INDEX;
    return false;
}

bool pl_page_parse_json(struct pl_arena *arena,
                        const struct pl_page_input *input,
                        const struct pl_page **out, struct pl_error *err)
{
    struct pl_json *doc PL_CLEANUP(destroy_json) = NULL;
    if (input->body.len > PL_MAX_PAGE_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT, "a page of %zu bytes",
                              input->body.len);
    if (!pl_json_parse(input->body, &doc, err))
        return not_json(input->body, err);
    return read_page(arena, input, pl_json_root(doc), out, err);
}
