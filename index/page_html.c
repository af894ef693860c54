#include "index/page_html.h"

#include <libxml/HTMLparser.h>

#include "core/limits.h"
#include "index/url.h"
#include "pep/name.h"

#define PIECE_BYTES 4096

struct reader {
    htmlParserCtxtPtr parser;
    struct pl_arena *arena;
    struct pl_error *err;
    bool failed, has_base, is_listing;
    struct pl_page_build build;
    struct pl_page_rows *rows;   /* of a flat page; NULL: they are built */
    PL_VEC(struct pl_str) names; /* of a listing */
};

static void free_parser(htmlParserCtxtPtr *parser)
{
    htmlFreeParserCtxt(*parser);
}

static void stop(struct reader *r)
{
    r->failed = true;
    xmlStopParser(r->parser);
}

/* The attribute's value; false when it is not there. */
static bool get(const xmlChar **attributes, const char *name,
                struct pl_str *value)
{
    for (; attributes && attributes[0]; attributes += 2) {
        if (strcmp((const char *)attributes[0], name) != 0)
            continue;
        *value = pl_str_from((const char *)attributes[1]);
        return true;
    }
    return false;
}

static size_t count_attributes(const xmlChar **attributes)
{
    size_t count = 0;
    while (attributes && attributes[2 * count])
        count++;
    return count;
}

/* "sha256=..." among the parts of a fragment such as "egg=a&sha256=...". */
static void read_fragment(struct pl_str fragment, struct pl_page_row *row)
{
    struct pl_str part;
    while (pl_str_cut(&fragment, '&', &part))
        if (pl_str_starts(part, "sha256="))
            row->sha256 = pl_str_sub(part, 7, part.len);
}

static void read_metadata(const xmlChar **attributes, struct pl_page_row *row)
{
    struct pl_str value;
    if (!get(attributes, "data-core-metadata", &value) &&
        !get(attributes, "data-dist-info-metadata", &value))
        return;
    row->has_metadata = !pl_str_is_nocase(value, "false");
    if (pl_str_starts(value, "sha256="))
        row->metadata_sha256 = pl_str_sub(value, 7, value.len);
}

static struct pl_str keep(struct reader *r, struct pl_str text)
{
    return text.len ? pl_arena_dup(r->arena, text) : PL_STR("");
}

static bool keep_row(struct reader *r, const struct pl_page_row *row)
{
    struct pl_page_row kept = *row;
    if (r->rows->list.len == PL_MAX_FILES_PER_PAGE)
        return pl_error_plain(r->err, PL_ERR_LIMIT,
                              "more than %d files on one page",
                              PL_MAX_FILES_PER_PAGE);
    kept.name = keep(r, row->name);
    kept.url = keep(r, row->url);
    kept.sha256 = keep(r, row->sha256);
    kept.upload_time = keep(r, row->upload_time);
    kept.requires_python = keep(r, row->requires_python);
    kept.yanked_reason = keep(r, row->yanked_reason);
    kept.metadata_sha256 = keep(r, row->metadata_sha256);
    pl_vec_push(r->arena, &r->rows->list, kept);
    return true;
}

static void on_anchor(struct reader *r, const xmlChar **attributes)
{
    struct pl_page_row row = {0};
    if (!get(attributes, "href", &row.url))
        return;
    row.url = pl_str_trim(row.url);
    struct pl_url parts = pl_url_split(row.url);
    read_fragment(parts.fragment, &row);
    if (!pl_url_filename(r->arena, row.url, &row.name))
        row.name = parts.path; /* no file name: dropped, if it is a file */
    read_metadata(attributes, &row);
    get(attributes, "data-requires-python", &row.requires_python);
    get(attributes, "data-upload-time", &row.upload_time);
    row.yanked = get(attributes, "data-yanked", &row.yanked_reason);
    if (r->rows ? !keep_row(r, &row) : !pl_page_add(&r->build, &row, r->err))
        stop(r);
}

/* NAME of "NAME/", "/simple/NAME/" and the like; other links name nothing. */
static void on_name(struct reader *r, const xmlChar **attributes)
{
    struct pl_str href;
    if (!get(attributes, "href", &href))
        return;
    struct pl_str path = pl_url_split(pl_str_trim(href)).path;
    if (pl_str_ends(path, "/"))
        path.len--;
    size_t slash = pl_str_rfind(path, '/');
    struct pl_str name =
        slash < path.len ? pl_str_sub(path, slash + 1, path.len) : path;
    name = pl_arena_dup(r->arena, pl_url_decode(r->arena, name));
    if (!pl_name_valid(name))
        return;
    if (r->names.len == PL_MAX_LISTED_NAMES) {
        pl_error_plain(r->err, PL_ERR_LIMIT, "a listing of more than %d names",
                       PL_MAX_LISTED_NAMES);
        stop(r);
        return;
    }
    pl_vec_push(r->arena, &r->names, pl_name_normalize(r->arena, name));
}

static void on_base(struct reader *r, const xmlChar **attributes)
{
    struct pl_str href;
    if (r->has_base || !get(attributes, "href", &href))
        return;
    r->has_base = true;
    if (!pl_url_join(r->build.arena, r->build.base, href, &r->build.base,
                     r->err))
        stop(r);
}

static void on_meta(struct reader *r, const xmlChar **attributes)
{
    struct pl_str name, content;
    if (!get(attributes, "name", &name) ||
        !get(attributes, "content", &content))
        return;
    if (pl_str_is(name, "pypi:project-status") && r->build.page)
        pl_page_set_status(&r->build, content);
    if (pl_str_is(name, "pypi:repository-version") &&
        !pl_page_check_api(content, r->err))
        stop(r);
}

static bool within_bounds(struct reader *r, const xmlChar **attributes)
{
    if (r->parser->nameNr > PL_MAX_HTML_DEPTH)
        return pl_error_plain(r->err, PL_ERR_LIMIT,
                              "more than %d HTML elements inside one another",
                              PL_MAX_HTML_DEPTH);
    if (count_attributes(attributes) > PL_MAX_HTML_ATTRIBUTES)
        return pl_error_plain(r->err, PL_ERR_LIMIT,
                              "an HTML element with more than %d attributes",
                              PL_MAX_HTML_ATTRIBUTES);
    return true;
}

static void on_element(void *user, const xmlChar *name,
                       const xmlChar **attributes)
{
    struct reader *r = user;
    struct pl_str element = pl_str_from((const char *)name);
    if (r->failed)
        return;
    if (!within_bounds(r, attributes))
        stop(r);
    else if (pl_str_is(element, "a") && r->is_listing)
        on_name(r, attributes);
    else if (pl_str_is(element, "a"))
        on_anchor(r, attributes);
    else if (pl_str_is(element, "base") && !r->is_listing)
        on_base(r, attributes);
    else if (pl_str_is(element, "meta"))
        on_meta(r, attributes);
}

/* What waits for its end is looked through again with each piece. */
static bool check_pending(struct reader *r)
{
    const xmlParserInput *input = r->parser->input;
    if (!input || input->end - input->cur <= PL_MAX_HTML_TAG_BYTES)
        return true;
    return pl_error_plain(r->err, PL_ERR_LIMIT,
                          "an HTML tag or comment of more than %d bytes",
                          PL_MAX_HTML_TAG_BYTES);
}

static bool feed(struct reader *r, struct pl_str body)
{
    for (size_t at = 0; at < body.len && !r->failed; at += PIECE_BYTES) {
        struct pl_str piece = pl_str_sub(body, at, at + PIECE_BYTES);
        /* 2.9.14 never sees the end of a quoted value that it resumes in. */
        r->parser->checkIndex = 0;
        htmlParseChunk(r->parser, piece.at, (int)piece.len, 0);
        if (!r->failed && !check_pending(r))
            return false;
    }
    if (!r->failed)
        htmlParseChunk(r->parser, NULL, 0, 1);
    return !r->failed;
}

static bool check_body(struct pl_str body, struct pl_error *err)
{
    if (body.len > PL_MAX_PAGE_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT, "a page of %zu bytes",
                              body.len);
    /* libxml2 takes NUL for the end: what follows would be lost. */
    if (pl_str_has(body, '\0'))
        return pl_error_plain(err, PL_ERR_INDEX,
                              "not an index page: it has a NUL byte");
    /* It would put plain text into elements of its own making. */
    if (!pl_str_has(body, '<'))
        return pl_error_plain(err, PL_ERR_INDEX,
                              "not an index page: no HTML in it");
    return true;
}

static bool parse(struct reader *r, struct pl_str body)
{
    htmlSAXHandler sax = {.startElement = on_element};
    if (!check_body(body, r->err))
        return false;
    htmlParserCtxtPtr parser PL_CLEANUP(free_parser) = htmlCreatePushParserCtxt(
        &sax, r, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!parser)
        pl_out_of_memory();
    r->parser = parser;
    htmlCtxtUseOptions(parser, HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_NODEFDTD |
                                   HTML_PARSE_IGNORE_ENC);
    return feed(r, body);
}

bool pl_page_parse_html(struct pl_arena *arena,
                        const struct pl_page_input *input,
                        const struct pl_page **out, struct pl_error *err)
{
    struct reader r = {
        .arena = arena, .build = pl_page_begin(arena, input), .err = err};
    if (!parse(&r, input->body))
        return false;
    *out = pl_page_finish(&r.build);
    return true;
}

bool pl_rows_parse_html(struct pl_arena *arena, struct pl_str body,
                        struct pl_str url, struct pl_page_rows *out,
                        struct pl_error *err)
{
    struct pl_page_rows rows = {0};
    struct reader r = {.arena = arena,
                       .build = {.arena = arena, .base = url},
                       .rows = &rows,
                       .err = err};
    if (!parse(&r, body))
        return false;
    rows.base = pl_arena_dup(arena, r.build.base);
    *out = rows;
    return true;
}

static int cmp_names(const void *a, const void *b)
{
    const struct pl_str *x = a, *y = b;
    return pl_str_cmp(*x, *y);
}

bool pl_listing_parse_html(struct pl_arena *arena, struct pl_str body,
                           struct pl_str **names, size_t *count,
                           struct pl_error *err)
{
    struct reader r = {.arena = arena, .is_listing = true, .err = err};
    if (!parse(&r, body))
        return false;
    if (!r.names.len)
        return pl_error_plain(err, PL_ERR_INDEX,
                              "not the listing of an index: it names no "
                              "project");
    qsort(r.names.at, r.names.len, sizeof(r.names.at[0]), cmp_names);
    size_t kept = 1;
    for (size_t i = 1; i < r.names.len; i++)
        if (!pl_str_eq(r.names.at[i], r.names.at[kept - 1]))
            r.names.at[kept++] = r.names.at[i];
    *names = r.names.at;
    *count = kept;
    return true;
}
