#include "index/metadata.h"

#include "core/limits.h"
#include "core/map.h"
#include "core/utf8.h"
#include "pep/name.h"

#define SHOWN_BYTES 200

static void scan_version(struct pl_str value, struct pl_metadata_text *text)
{
    size_t dot = pl_str_find(value, '.');
    uint64_t major, minor;
    if (!pl_str_to_u64(pl_str_sub(value, 0, dot), &major) ||
        !pl_str_to_u64(pl_str_sub(value, dot + 1, value.len), &minor) ||
        major > 99 || minor > 99)
        return;
    text->major = (uint32_t)major;
    text->minor = (uint32_t)minor;
}

struct pl_metadata_text pl_metadata_scan(struct pl_arena *arena,
                                         struct pl_str body)
{
    struct pl_metadata_text text = {0};
    struct pl_headers headers = pl_headers_from(body);
    struct pl_header header;
    while (pl_headers_next(arena, &headers, &header)) {
        if (pl_str_is_nocase(header.name, "Requires-Dist"))
            pl_vec_push(arena, &text.requires, header);
        else if (pl_str_is_nocase(header.name, "Requires-Python"))
            text.requires_python = header;
        else if (pl_str_is_nocase(header.name, "Provides-Extra"))
            pl_vec_push(arena, &text.extras, header.value);
        else if (pl_str_is_nocase(header.name, "Metadata-Version"))
            scan_version(header.value, &text);
        else if (pl_str_is_nocase(header.name, "Name"))
            text.name = header.value;
        else if (pl_str_is_nocase(header.name, "Version"))
            text.version = header.value;
        else if (pl_str_is_nocase(header.name, "Dynamic") &&
                 pl_str_is_nocase(header.value, "Requires-Dist"))
            text.dynamic_requires = true;
    }
    return text;
}

/* Keeps the code and the hint of what went wrong. */
static bool unreadable(struct pl_error *err, struct pl_metadata_line line)
{
    return pl_error_wrap(err, "line %u of its %s: `%.*s`", line.number, line.of,
                         PL_STR_ARG(pl_str_sub(line.text, 0, SHOWN_BYTES)));
}

static bool check_utf8(struct pl_str value, struct pl_error *err)
{
    size_t ascii = 0;
    while (ascii < value.len && value.at[ascii] > 0)
        ascii++;
    return ascii == value.len || pl_utf8_invalid_at(value) == value.len ||
           pl_error_plain(err, PL_ERR_INPUT, "not UTF-8");
}

static bool add_marker(struct pl_arena *arena, struct pl_str marker,
                       struct pl_requirement *requirement, struct pl_error *err)
{
    PL_BUF(both, PL_MAX_REQUIREMENT_BYTES);
    if (!marker.len)
        return true;
    if (requirement->marker) {
        pl_buf_add_char(&both, '(');
        pl_marker_print(requirement->marker, &both);
        pl_buf_add_cstr(&both, ") and ");
    }
    pl_buf_addf(&both, "(%.*s)", PL_STR_ARG(marker));
    if (!pl_buf_ok(&both))
        return pl_error_plain(err, PL_ERR_LIMIT, "its marker is too long");
    return pl_marker_parse(arena, pl_arena_dup(arena, pl_buf_view(&both)),
                           &requirement->marker, err);
}

bool pl_metadata_require(struct pl_arena *arena, struct pl_metadata_line line,
                         struct pl_requirement *out, bool *repaired,
                         struct pl_error *err)
{
    struct pl_requirement requirement;
    bool dirty = false;
    if (!check_utf8(line.text, err) || !check_utf8(line.marker, err) ||
        !pl_requirement_parse_lenient(arena, line.text, &requirement, &dirty,
                                      err) ||
        !add_marker(arena, line.marker, &requirement, err))
        return unreadable(err, line);
    if (requirement.url.len && !requirement.marker) {
        pl_error_plain(err, PL_ERR_INPUT,
                       "it requires a direct URL, which podlock cannot lock");
        return unreadable(err, line);
    }
    *repaired = *repaired || dirty;
    *out = requirement;
    return true;
}

void pl_metadata_set_extras(struct pl_arena *arena,
                            const struct pl_str *written, size_t count,
                            struct pl_metadata *out)
{
    struct pl_map seen = {.arena = arena};
    if (count > PL_MAX_REQUIRES_PER_VERSION)
        count = PL_MAX_REQUIRES_PER_VERSION;
    struct pl_str *extras = pl_new_array(arena, struct pl_str, count);
    out->extra_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!pl_name_valid(written[i]))
            continue;
        struct pl_str name = pl_name_normalize(arena, written[i]);
        void **slot = pl_map_slot(&seen, name);
        if (!*slot)
            extras[out->extra_count++] = name;
        *slot = extras;
    }
    out->extras = extras;
}

static struct pl_metadata_line line_of(const struct pl_header *header)
{
    return (struct pl_metadata_line){
        .of = "metadata", .number = header->line, .text = header->value};
}

static bool build_python(struct pl_arena *arena, const struct pl_header *header,
                         struct pl_metadata *out, struct pl_error *err)
{
    bool dirty = false;
    if (!header->line)
        return true;
    if (!check_utf8(header->value, err) ||
        !pl_specifier_parse_lenient(arena, header->value, &out->requires_python,
                                    &dirty, err))
        return unreadable(err, line_of(header));
    out->repaired = out->repaired || dirty;
    return true;
}

bool pl_metadata_build(struct pl_arena *arena,
                       const struct pl_metadata_text *text,
                       struct pl_metadata *out, struct pl_error *err)
{
    struct pl_metadata metadata = {0};
    size_t count = text->requires.len;
    if (count > PL_MAX_REQUIRES_PER_VERSION)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "its metadata have more than %d requirements",
                              PL_MAX_REQUIRES_PER_VERSION);
    struct pl_requirement *requires =
        pl_new_array(arena, struct pl_requirement, count);
    for (size_t i = 0; i < count; i++) {
        struct pl_metadata_line line = line_of(&text->requires.at[i]);
        if (!pl_metadata_require(arena, line, &requires[i], &metadata.repaired,
                                 err))
            return false;
    }
    metadata.requires = requires;
    metadata.require_count = count;
    if (!build_python(arena, &text->requires_python, &metadata, err))
        return false;
    pl_metadata_set_extras(arena, text->extras.at, text->extras.len, &metadata);
    *out = metadata;
    return true;
}

bool pl_metadata_check(struct pl_arena *arena,
                       const struct pl_metadata_text *text,
                       const struct pl_file *file, struct pl_error *err)
{
    struct pl_version version;
    if (text->name.len &&
        !pl_str_eq(pl_name_normalize(arena, text->name), file->page->project))
        return pl_error_plain(
            err, PL_ERR_INPUT, "its metadata are those of `%.*s`",
            PL_STR_ARG(pl_str_sub(text->name, 0, SHOWN_BYTES)));
    if (!text->version.len ||
        (pl_version_parse(arena, text->version, &version, NULL) &&
         pl_version_cmp(&version, file->version) == 0))
        return true;
    return pl_error_plain(
        err, PL_ERR_INPUT, "its metadata say that it is version `%.*s`",
        PL_STR_ARG(pl_str_sub(text->version, 0, SHOWN_BYTES)));
}

bool pl_metadata_parse(struct pl_arena *arena, struct pl_str body,
                       const struct pl_file *file, struct pl_metadata *out,
                       struct pl_error *err)
{
    if (body.len > PL_MAX_METADATA_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT, "its metadata have %zu bytes",
                              body.len);
    struct pl_metadata_text text = pl_metadata_scan(arena, body);
    return pl_metadata_check(arena, &text, file, err) &&
           pl_metadata_build(arena, &text, out, err);
}
