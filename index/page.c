#include "index/page.h"

#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "index/upload_time.h"
#include "index/url.h"

/* Room is made once for the rows of a page like most; a guess. */
#define LEAST_ROW_BYTES 320

struct pl_page_build pl_page_begin(struct pl_arena *arena,
                                   const struct pl_page_input *input)
{
    struct pl_page *page = pl_new(arena, struct pl_page);
    struct pl_page_build build = {
        .arena = arena,
        .page = page,
        .base = input->url,
        .path_root = input->path_root,
        .folder = input->folder,
        .is_flat = input->is_flat,
    };
    build.files.cap = input->body.len / LEAST_ROW_BYTES + 1;
    build.files.at = pl_new_array(arena, struct pl_file, build.files.cap);
    page->project = pl_arena_dup(arena, input->project);
    page->index_url = pl_arena_dup(arena, input->index_url);
    page->is_torch = input->is_torch;
    page->order = input->order;
    return build;
}

static struct pl_str keep(struct pl_page_build *build, struct pl_str text)
{
    return text.len ? pl_arena_dup(build->arena, text) : PL_STR("");
}

static struct pl_str keep_sha256(struct pl_page_build *build,
                                 struct pl_str stated)
{
    if (stated.len != PL_SHA256_HEX)
        return PL_STR("");
    /* A table and no branch: a page has thousands of them. */
    static const char lower[256] = {
        ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
        ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
        ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e',
        ['f'] = 'f', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
        ['E'] = 'e', ['F'] = 'f',
    };
    char *hex = pl_arena_alloc(build->arena, stated.len + 1);
    bool bad = false;
    for (size_t i = 0; i < PL_SHA256_HEX; i++) {
        hex[i] = lower[(unsigned char)stated.at[i]];
        bad |= !hex[i];
    }
    return bad ? PL_STR("") : (struct pl_str){hex, stated.len};
}

static struct pl_str keep_requires_python(struct pl_page_build *build,
                                          struct pl_str stated)
{
    if (!pl_str_eq(build->requires_python, stated))
        build->requires_python = keep(build, stated);
    return build->requires_python;
}

/* False for a file of another kind. */
static bool kind_of(struct pl_str name, enum pl_file_kind *kind)
{
    bool wheel = pl_str_ends(name, ".whl");
    *kind = wheel ? PL_FILE_WHEEL : PL_FILE_SDIST;
    return wheel || pl_str_ends(name, ".tar.gz") || pl_str_ends(name, ".zip");
}

/* Rows of one version mostly stand together. */
static const struct pl_version *keep_version(struct pl_page_build *build,
                                             const struct pl_version *version)
{
    if (!build->version || !pl_str_eq(build->version->text, version->text)) {
        struct pl_version *kept = pl_new(build->arena, struct pl_version);
        *kept = *version;
        build->version = kept;
    }
    return build->version;
}

static const struct pl_wheeltags *keep_tags(struct pl_page_build *build,
                                            const struct pl_wheeltags *tags)
{
    struct pl_wheeltags *kept = pl_new(build->arena, struct pl_wheeltags);
    *kept = *tags;
    return kept;
}

/* A name that parses is one part of a path: pep/wheelname.h. */
static bool parse_name(struct pl_page_build *build, struct pl_str name,
                       struct pl_file *file)
{
    struct pl_str project = build->page->project;
    struct pl_wheelname wheel;
    if (file->kind == PL_FILE_SDIST) {
        if (!pl_sdistname_parse(build->arena, name, project, &wheel.version,
                                NULL))
            return false;
    } else {
        if (!pl_wheelname_parse(build->arena, name, &wheel, NULL) ||
            !pl_str_eq(wheel.name, project))
            return false;
        file->wheel = keep_tags(build, &wheel.tags);
    }
    file->version = keep_version(build, &wheel.version);
    return true;
}

/*
 * The URL of a file that stands as DIR/NAME, both spelt as they are. Most rows
 * share the DIR of the row before, and a parsed name needs no escapes.
 */
static bool join(struct pl_page_build *build, struct pl_str stated,
                 struct pl_str name, struct pl_str *out)
{
    struct pl_str dir = pl_str_sub(stated, 0, stated.len - name.len);
    if (!pl_str_ends(stated, name.at) || !pl_str_ends(dir, "/") ||
        pl_str_has(dir, '#'))
        return pl_url_join(build->arena, build->base, stated, out, NULL);
    if (!pl_str_eq(dir, build->dir)) {
        if (!pl_url_join(build->arena, build->base, dir, &build->dir_url, NULL))
            return false;
        build->dir = pl_arena_dup(build->arena, dir);
    }
    size_t len = build->dir_url.len;
    char *url = pl_arena_alloc(build->arena, len + name.len + 1);
    memcpy(url, build->dir_url.at, len);
    memcpy(url + len, name.at, name.len);
    *out = (struct pl_str){url, len + name.len};
    return true;
}

static bool place(struct pl_page_build *build, struct pl_str stated,
                  struct pl_file_details *details)
{
    struct pl_str url;
    if (build->folder.len) {
        details->path =
            pl_path_join(build->arena, build->folder, details->name);
        return true;
    }
    if (!join(build, stated, details->name, &url))
        return false;
    if (!build->path_root.len ||
        !pl_url_below(build->arena, build->path_root, url, &details->path))
        details->url = url;
    return true;
}

static void fill_details(struct pl_page_build *build,
                         const struct pl_page_row *row,
                         struct pl_file_details *details)
{
    details->sha256 = keep_sha256(build, row->sha256);
    if (!pl_upload_time_normalize(build->arena, row->upload_time,
                                  &details->upload_time))
        details->upload_time = PL_STR("");
    details->size = row->size;
    details->has_size = row->has_size;
    details->metadata_sha256 = keep_sha256(build, row->metadata_sha256);
}

static void fill(struct pl_page_build *build, const struct pl_page_row *row,
                 struct pl_file *file)
{
    file->page = build->page;
    file->yanked = row->yanked;
    file->yanked_reason = keep(build, row->yanked_reason);
    file->requires_python =
        keep_requires_python(build, pl_str_trim(row->requires_python));
    file->has_metadata = row->has_metadata;
    file->has_sha256 = file->details->sha256.len > 0;
}

bool pl_page_add(struct pl_page_build *build, const struct pl_page_row *row,
                 struct pl_error *err)
{
    struct pl_file file = {0};
    struct pl_file_details details = {0};
    if (++build->rows > PL_MAX_FILES_PER_PAGE)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "more than %d files on one page",
                              PL_MAX_FILES_PER_PAGE);
    if (!kind_of(row->name, &file.kind))
        return true;
    details.name = pl_arena_dup(build->arena, row->name);
    if (!parse_name(build, details.name, &file) ||
        !place(build, row->url, &details)) {
        build->page->dropped += !build->is_flat;
        return true;
    }
    fill_details(build, row, &details);
    file.details = pl_file_details_keep(build->arena, &details);
    fill(build, row, &file);
    pl_vec_push(build->arena, &build->files, file);
    return true;
}

void pl_page_set_status(struct pl_page_build *build, struct pl_str status)
{
    if (!pl_str_is(status, "active"))
        build->page->status = keep(build, status);
}

/* Equal files of several pages are told apart by their pages alone. */
static int cmp_names(const struct pl_file *a, const struct pl_file *b)
{
    int order = pl_version_cmp(a->version, b->version);
    return order ? order : pl_str_cmp(a->details->name, b->details->name);
}

/* The URL makes the order total, so that it never depends on qsort. */
static int cmp_files(const void *a, const void *b)
{
    const struct pl_file *x = a, *y = b;
    int order = cmp_names(x, y);
    if (!order)
        order = pl_str_cmp(x->details->url, y->details->url);
    return order ? order : pl_str_cmp(x->details->path, y->details->path);
}

/* Most indexes list files in this order already. */
static bool are_sorted(const struct pl_page_build *build)
{
    for (size_t i = 1; i < build->files.len; i++)
        if (cmp_files(&build->files.at[i - 1], &build->files.at[i]) > 0)
            return false;
    return true;
}

const struct pl_page *pl_page_finish(struct pl_page_build *build)
{
    if (!are_sorted(build))
        qsort(build->files.at, build->files.len, sizeof(struct pl_file),
              cmp_files);
    for (size_t i = 0; i < build->files.len; i++)
        build->files.at[i].number = (uint32_t)i;
    build->page->files = build->files.at;
    build->page->file_count = build->files.len;
    return build->page;
}

/* ---- pages of many projects ---- */

static bool is_separator(char c)
{
    return c == '-' || c == '_' || c == '.';
}

/*
 * Does the file's name begin with the project's, spelt in any way? It may
 * still be of another project, "a-b" where "a" is asked for.
 */
static bool may_be_of(struct pl_str name, struct pl_str project)
{
    size_t at = 0;
    for (size_t i = 0; i < project.len; i++) {
        if (at == name.len)
            return false;
        bool separator = is_separator(name.at[at]);
        if ((separator ? '-' : pl_lower(name.at[at])) != project.at[i])
            return false;
        at++;
        while (separator && at < name.len && is_separator(name.at[at]))
            at++;
    }
    return at < name.len && is_separator(name.at[at]);
}

bool pl_page_from_rows(struct pl_arena *arena,
                       const struct pl_page_input *input,
                       const struct pl_page_rows *rows,
                       const struct pl_page **out, struct pl_error *err)
{
    struct pl_page_input own = *input;
    own.url = rows->base;
    own.body = (struct pl_str){0};
    struct pl_page_build build = pl_page_begin(arena, &own);
    for (size_t i = 0; i < rows->list.len; i++)
        if (may_be_of(rows->list.at[i].name, input->project) &&
            !pl_page_add(&build, &rows->list.at[i], err))
            return false;
    *out = pl_page_finish(&build);
    return true;
}

/* ---- several pages ---- */

struct file_run {
    const struct pl_file *at;
    size_t len;
};

static struct file_run merge_two(struct pl_arena *arena, struct file_run a,
                                 struct file_run b)
{
    size_t i = 0, j = 0, len = a.len + b.len;
    struct pl_file *both = pl_new_array(arena, struct pl_file, len);
    for (size_t k = 0; k < len; k++)
        both[k] =
            j == b.len || (i < a.len && cmp_names(&a.at[i], &b.at[j]) <= 0)
                ? a.at[i++]
                : b.at[j++];
    return (struct file_run){both, len};
}

/* Halves, because many folders may each have many files. */
static struct file_run merge_all(struct pl_arena *arena,
                                 const struct pl_page *const *pages,
                                 size_t count)
{
    if (count == 1)
        return (struct file_run){pages[0]->files, pages[0]->file_count};
    size_t half = count / 2;
    return merge_two(arena, merge_all(arena, pages, half),
                     merge_all(arena, pages + half, count - half));
}

const struct pl_page *pl_page_merge(struct pl_arena *arena,
                                    const struct pl_page *const *pages,
                                    size_t count)
{
    size_t others = 0, dropped = pages[0]->dropped;
    for (size_t i = 1; i < count; i++) {
        others += pages[i]->file_count + pages[i]->dropped;
        dropped += pages[i]->dropped;
    }
    if (!others)
        return pages[0];
    struct file_run files = merge_all(arena, pages, count);
    struct pl_page *merged = pl_new(arena, struct pl_page);
    *merged = *pages[0];
    merged->files = files.at;
    merged->file_count = files.len;
    merged->dropped = dropped;
    return merged;
}

bool pl_page_check_api(struct pl_str api_version, struct pl_error *err)
{
    uint64_t major;
    struct pl_str text = pl_str_trim(api_version);
    if (pl_str_to_u64(pl_str_sub(text, 0, pl_str_find(text, '.')), &major) &&
        major == 1 && text.len)
        return true;
    return pl_error_plain(err, PL_ERR_INDEX,
                          "the page follows API version `%.*s`; "
                          "podlock reads version 1",
                          PL_STR_ARG(pl_str_sub(text, 0, 40)));
}
