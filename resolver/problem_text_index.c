#include "core/digest.h"
#include "core/limits.h"
#include "index/memory.h"
#include "index/upload_time.h"
#include "pep/name.h"
#include "resolver/problem_text_internal.h"

/* ---- project NAME [index=URL] [torch] [status=TEXT] [dropped=N] ---- */

static bool page_option(struct pl_text_reader *r,
                        const struct pl_textoption *option)
{
    struct pl_page *page = r->page;
    uint64_t number;
    if (pl_str_is(option->key, "index")) {
        page->index_url = option->value.text;
    } else if (pl_str_is(option->key, "torch")) {
        page->is_torch = true;
    } else if (pl_str_is(option->key, "status")) {
        page->status = option->value.text;
    } else if (pl_str_is(option->key, "dropped")) {
        if (!pl_text_number(r, &option->value, &number))
            return false;
        page->dropped = (size_t)number;
    } else {
        return pl_text_unknown(r, option->key, "a project");
    }
    return true;
}

bool pl_text_read_project(struct pl_text_reader *r)
{
    struct pl_str name;
    if (!pl_text_name(r, &name))
        return false;
    r->page = pl_new(r->arena, struct pl_page);
    r->page->project = name;
    r->page->index_url = PL_STR(PL_PROBLEM_TEXT_INDEX);
    struct pl_textoption option;
    for (;;) {
        if (!pl_textline_option(&r->line, &option, r->err))
            return false;
        if (!option.key.len)
            return true;
        if (!page_option(r, &option))
            return false;
    }
}

bool pl_text_read_absent(struct pl_text_reader *r)
{
    struct pl_str name;
    if (!pl_text_name(r, &name))
        return false;
    pl_memory_add_absent(r->out->index, name);
    return pl_textline_end(&r->line, r->err);
}

/* ---- a file: VERSION or FILE-NAME, and what the page says of it ---- */

static bool is_file_name(struct pl_str text)
{
    return pl_str_ends(text, ".whl") || pl_str_ends(text, ".tar.gz") ||
           pl_str_ends(text, ".zip");
}

static struct pl_str underscored(struct pl_arena *arena, struct pl_str name)
{
    char *copy = pl_arena_alloc(arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++)
        copy[i] = name.at[i] == '-' ? '_' : name.at[i];
    return (struct pl_str){copy, name.len};
}

/* A version by itself is that of a wheel that fits everywhere. */
static bool make_name(struct pl_text_reader *r, const struct pl_textword *word,
                      bool sdist, struct pl_str *out)
{
    struct pl_version version;
    if (is_file_name(word->text)) {
        *out = word->text;
        return true;
    }
    if (!pl_text_version(r, word, &version))
        return false;
    *out = pl_arena_printf(r->arena, "%.*s-%.*s%s",
                           PL_STR_ARG(underscored(r->arena, r->page->project)),
                           PL_STR_ARG(word->text),
                           sdist ? ".tar.gz" : "-py3-none-any.whl");
    return true;
}

static bool parse_name(struct pl_text_reader *r, const struct pl_textword *word,
                       struct pl_text_file *entry)
{
    struct pl_file *file = &entry->file;
    struct pl_str name = entry->details.name;
    bool parsed;
    bool right = true;
    struct pl_wheelname *wheel = pl_new(r->arena, struct pl_wheelname);
    file->version = &wheel->version;
    if (pl_str_ends(name, ".whl")) {
        file->kind = PL_FILE_WHEEL;
        file->wheel = &wheel->tags;
        parsed = pl_wheelname_parse(r->arena, name, wheel, r->err);
        right = parsed && pl_str_eq(wheel->name, r->page->project);
    } else {
        file->kind = PL_FILE_SDIST;
        parsed = pl_sdistname_parse(r->arena, name, r->page->project,
                                    &wheel->version, r->err);
    }
    if (!parsed)
        return pl_textline_locate(&r->line, word, r->err);
    return right || pl_error_set(r->err, PL_ERR_INPUT,
                                 pl_textline_span(&r->line, word->raw),
                                 "a file of another project");
}

static bool hash_option(struct pl_text_reader *r, const struct pl_textword *w,
                        struct pl_str *out)
{
    *out = w->text;
    return pl_sha256_valid(w->text) ||
           pl_error_set(r->err, PL_ERR_INPUT,
                        pl_textline_span(&r->line, w->raw),
                        "not 64 lower-case hex digits");
}

static bool upload_option(struct pl_text_reader *r, const struct pl_textword *w,
                          struct pl_str *out)
{
    return pl_upload_time_normalize(r->arena, w->text, out) ||
           pl_error_set(r->err, PL_ERR_INPUT,
                        pl_textline_span(&r->line, w->raw),
                        "not a date and time of RFC 3339");
}

/* Options that hold a text as it is. */
static bool text_option(struct pl_text_file *entry,
                        const struct pl_textoption *option)
{
    const struct {
        const char *key;
        struct pl_str *where;
    } texts[] = {
        {"url", &entry->details.url},
        {"path", &entry->details.path},
        {"python", &entry->file.requires_python},
        {"yanked", &entry->file.yanked_reason},
        {"unusable", &entry->reason},
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++)
        if (pl_str_is(option->key, texts[i].key)) {
            *texts[i].where = option->value.text;
            return true;
        }
    return false;
}

static bool flag_option(struct pl_text_file *entry,
                        const struct pl_textoption *option)
{
    const struct {
        const char *key;
        bool *flag;
    } flags[] = {
        {"yanked", &entry->file.yanked},
        {"unread", &entry->unread},
        {"unusable", &entry->unusable},
        {"from-sdist", &entry->metadata->from_sdist},
        {"repaired", &entry->metadata->repaired},
    };
    for (size_t i = 0; i < PL_COUNT(flags); i++)
        if (pl_str_is(option->key, flags[i].key)) {
            *flags[i].flag = true;
            return true;
        }
    return false;
}

static bool file_option(struct pl_text_reader *r, struct pl_text_file *entry,
                        const struct pl_textoption *option)
{
    struct pl_file_details *details = &entry->details;
    bool known = flag_option(entry, option);
    if (text_option(entry, option) || known)
        return true;
    if (pl_str_is(option->key, "size")) {
        details->has_size = true;
        return pl_text_number(r, &option->value, &details->size);
    }
    if (pl_str_is(option->key, "sha256"))
        return hash_option(r, &option->value, &details->sha256);
    if (pl_str_is(option->key, "upload"))
        return upload_option(r, &option->value, &details->upload_time);
    if (pl_str_is(option->key, "metadata-python"))
        return pl_text_specifier(r, &option->value,
                                 &entry->metadata->requires_python);
    return pl_text_unknown(r, option->key, "a file");
}

struct pl_str pl_text_default_url(struct pl_arena *arena,
                                  const struct pl_page *page,
                                  struct pl_str file_name)
{
    return pl_arena_printf(arena, "%.*s%.*s/%.*s", PL_STR_ARG(page->index_url),
                           PL_STR_ARG(page->project), PL_STR_ARG(file_name));
}

static bool read_options(struct pl_text_reader *r, struct pl_text_file *entry,
                         bool *sdist, bool *hash)
{
    struct pl_textoption option;
    for (;;) {
        if (!pl_textline_option(&r->line, &option, r->err))
            return false;
        if (!option.key.len)
            return true;
        if (pl_str_is(option.key, "sdist"))
            *sdist = true;
        else if (pl_str_is(option.key, "no-hash"))
            *hash = false;
        else if (!file_option(r, entry, &option))
            return false;
    }
}

bool pl_text_read_file(struct pl_text_reader *r)
{
    struct pl_textword word;
    struct pl_text_file entry = {
        .metadata = pl_new(r->arena, struct pl_metadata),
    };
    bool sdist = false, hash = true;
    if (!pl_textline_word(&r->line, "a file", &word, r->err) ||
        !read_options(r, &entry, &sdist, &hash) ||
        !make_name(r, &word, sdist, &entry.details.name) ||
        !parse_name(r, &word, &entry))
        return false;
    struct pl_file_details *details = &entry.details;
    if (hash && !details->sha256.len)
        details->sha256 = pl_sha256_hex(r->arena, details->name);
    if (!details->url.len && !details->path.len)
        details->url = pl_text_default_url(r->arena, r->page, details->name);
    struct pl_file *file = &entry.file;
    file->has_sha256 = details->sha256.len > 0;
    file->has_metadata = file->kind == PL_FILE_WHEEL;
    file->page = r->page;
    pl_vec_push(r->arena, &r->files, entry);
    return true;
}

/* ---- its metadata: requirements, and `extra NAME` ---- */

/* "extra x" is no requirement: two names in a row. */
static bool take_extra(struct pl_text_reader *r, struct pl_text_file *entry)
{
    struct pl_str text = r->line.rest, word;
    if (!pl_str_cut(&text, ' ', &word) || !pl_str_is(word, "extra") ||
        !pl_name_valid(text))
        return false;
    pl_vec_push(r->arena, &entry->extras, pl_name_normalize(r->arena, text));
    return true;
}

bool pl_text_read_metadata(struct pl_text_reader *r)
{
    struct pl_requirement requirement;
    struct pl_textword word;
    if (!r->files.len)
        return pl_error_set(r->err, PL_ERR_INPUT,
                            pl_textline_span(&r->line, r->line.whole),
                            "a requirement without a file above it");
    struct pl_text_file *entry = &r->files.at[r->files.len - 1];
    if (take_extra(r, entry))
        return true;
    if (!pl_text_requirement(r, true, &requirement, &word))
        return false;
    pl_vec_push(r->arena, &entry->requires, requirement);
    return true;
}

/* ---- the whole page ---- */

static int compare_files(const void *a, const void *b)
{
    const struct pl_text_file *x = a, *y = b;
    int order = pl_version_cmp(x->file.version, y->file.version);
    return order ? order : pl_str_cmp(x->details.name, y->details.name);
}

static void add_metadata(struct pl_text_reader *r,
                         const struct pl_text_file *entry,
                         const struct pl_file *file)
{
    struct pl_index *index = r->out->index;
    if (entry->unread)
        return;
    if (entry->unusable) {
        pl_memory_add_unusable(index, file, entry->reason);
        return;
    }
    struct pl_metadata *metadata = entry->metadata;
    metadata->requires = entry->requires.at;
    metadata->require_count = entry->requires.len;
    metadata->extras = entry->extras.at;
    metadata->extra_count = entry->extras.len;
    pl_memory_add_metadata(index, file, metadata);
}

bool pl_text_finish_project(struct pl_text_reader *r)
{
    size_t count = r->files.len;
    if (count > PL_MAX_FILES_PER_PAGE)
        return pl_error_plain(
            r->err, PL_ERR_LIMIT, "%.*s has more than %d files",
            PL_STR_ARG(r->page->project), PL_MAX_FILES_PER_PAGE);
    struct pl_file *files = pl_new_array(r->arena, struct pl_file, count);
    if (count)
        qsort(r->files.at, count, sizeof(r->files.at[0]), compare_files);
    for (size_t i = 0; i < count; i++) {
        files[i] = r->files.at[i].file;
        files[i].details =
            pl_file_details_keep(r->arena, &r->files.at[i].details);
        add_metadata(r, &r->files.at[i], &files[i]);
    }
    r->page->files = files;
    r->page->file_count = count;
    pl_memory_add_page(r->out->index, r->page);
    r->page = NULL;
    r->files.at = NULL;
    r->files.len = r->files.cap = 0;
    return true;
}
