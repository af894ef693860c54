#include "index/wheel.h"

#include "core/limits.h"
#include "index/zip.h"
#include "pep/name.h"

#define INFO ".dist-info"
#define SHOWN_BYTES 100 /* of a name within a reason */

/* ---- bytes at hand ---- */

static bool piece_holds(const struct pl_wheel_piece *piece, uint64_t offset)
{
    return piece->offset <= offset && offset - piece->offset < piece->bytes.len;
}

/* What the pieces hold from `offset` on without a break, at most `length`. */
static struct pl_str longest_at(const struct pl_wheel_bytes *bytes,
                                uint64_t offset, uint64_t length)
{
    struct pl_str best = {0};
    for (size_t i = 0; i < bytes->pieces.len; i++) {
        const struct pl_wheel_piece *piece = &bytes->pieces.at[i];
        if (!piece_holds(piece, offset))
            continue;
        size_t from = (size_t)(offset - piece->offset);
        size_t len = piece->bytes.len - from;
        if (len > length)
            len = (size_t)length;
        if (len > best.len)
            best = pl_str_sub(piece->bytes, from, from + len);
    }
    return best;
}

static const struct pl_wheel_piece *piece_at(const struct pl_wheel_bytes *bytes,
                                             uint64_t offset)
{
    for (size_t i = 0; i < bytes->pieces.len; i++)
        if (piece_holds(&bytes->pieces.at[i], offset))
            return &bytes->pieces.at[i];
    return NULL;
}

/* The range less what is at hand at both of its ends. */
static struct pl_wheel_need missing(const struct pl_wheel_bytes *bytes,
                                    struct pl_wheel_need range)
{
    struct pl_str part;
    while (range.length &&
           (part = longest_at(bytes, range.offset, range.length)).len) {
        range.offset += part.len;
        range.length -= part.len;
    }
    const struct pl_wheel_piece *piece;
    while (range.length &&
           (piece = piece_at(bytes, range.offset + range.length - 1)))
        range.length = piece->offset - range.offset;
    return range;
}

/* True when *out has the bytes; *need says what lacks otherwise. */
static bool have(struct pl_arena *arena, const struct pl_wheel_bytes *bytes,
                 struct pl_wheel_need range, struct pl_str *out,
                 struct pl_wheel_need *need)
{
    struct pl_str part = longest_at(bytes, range.offset, range.length);
    *out = part;
    if (part.len == range.length)
        return true;
    *need = missing(bytes, range);
    if (need->length)
        return false;
    char *joined = pl_arena_alloc(arena, (size_t)range.length);
    for (size_t at = 0; at < range.length; at += part.len) {
        part = longest_at(bytes, range.offset + at, range.length - at);
        memcpy(joined + at, part.at, part.len);
    }
    *out = (struct pl_str){joined, (size_t)range.length};
    return true;
}

/* ---- which entry ---- */

struct search {
    struct pl_arena *arena;
    struct pl_str folder; /* NAME-VERSION.dist-info; empty: not seen */
    const struct pl_zip_entry *metadata;
    struct pl_error *err;
};

/*
 * The path as any reader might take it: a NUL ends it, backslashes part it,
 * "." and ".." are resolved, case is lost.
 */
static struct pl_str resolve(struct pl_arena *arena, struct pl_str name)
{
    struct pl_str part, rest = pl_str_sub(name, 0, pl_str_find(name, '\0'));
    char *path = pl_arena_alloc(arena, name.len + 2);
    for (size_t i = 0; i < rest.len; i++)
        path[i] = rest.at[i] == '\\' ? '/' : pl_lower(rest.at[i]);
    rest.at = path;
    char *out = pl_arena_alloc(arena, name.len + 2);
    size_t len = 0;
    while (pl_str_cut(&rest, '/', &part)) {
        if (pl_str_is(part, "..")) {
            size_t slash = pl_str_rfind((struct pl_str){out, len}, '/');
            len = slash < len ? slash : 0;
        } else if (part.len && !pl_str_is(part, ".")) {
            if (len)
                out[len++] = '/';
            memcpy(out + len, part.at, part.len);
            len += part.len;
        }
    }
    return (struct pl_str){out, len};
}

static struct pl_str top_of(struct pl_str path)
{
    return pl_str_sub(path, 0, pl_str_find(path, '/'));
}

static bool eq_nocase(struct pl_str a, struct pl_str b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (pl_lower(a.at[i]) != pl_lower(b.at[i]))
            return false;
    return a.len == b.len;
}

static bool odd(const struct search *s, struct pl_str name)
{
    name = pl_str_sub(name, 0, SHOWN_BYTES);
    return pl_error_plain(s->err, PL_ERR_INPUT,
                          "its wheel spells a name so that installers differ: "
                          "`%.*s`",
                          PL_STR_ARG(name));
}

static bool take_folder(struct search *s, struct pl_str folder)
{
    if (!s->folder.len)
        s->folder = folder;
    if (pl_str_eq(s->folder, folder))
        return true;
    struct pl_str a = pl_str_sub(s->folder, 0, SHOWN_BYTES);
    struct pl_str b = pl_str_sub(folder, 0, SHOWN_BYTES);
    return pl_error_plain(s->err, PL_ERR_INPUT,
                          "its wheel has two dist-info folders: `%.*s` and "
                          "`%.*s`",
                          PL_STR_ARG(a), PL_STR_ARG(b));
}

static bool look_at(struct search *s, const struct pl_zip_entry *entry)
{
    struct pl_str name = entry->name, top = top_of(name);
    struct pl_str path = resolve(s->arena, name), path_top = top_of(path);
    if (!pl_str_ends(path_top, INFO))
        return true;
    if (!eq_nocase(top, path_top))
        return odd(s, name);
    if (!take_folder(s, top))
        return false;
    if (!pl_str_is(pl_str_sub(path, path_top.len, path.len), "/metadata"))
        return true;
    if (!pl_str_is(pl_str_sub(name, top.len, name.len), "/METADATA"))
        return odd(s, name);
    if (s->metadata)
        return pl_error_plain(s->err, PL_ERR_INPUT,
                              "its wheel has METADATA twice");
    s->metadata = entry;
    return true;
}

/* Info-ZIP's second name: some readers believe it, others do not. */
static bool look_at_unicode(const struct search *s,
                            const struct pl_zip_entry *entry)
{
    struct pl_str name = entry->unicode;
    if (!name.len || pl_str_eq(name, entry->name))
        return true;
    if (!pl_str_ends(top_of(resolve(s->arena, name)), INFO) &&
        !pl_str_ends(top_of(resolve(s->arena, entry->name)), INFO))
        return true;
    return odd(s, name);
}

/* A version's dashes became underscores. */
static bool is_version(struct search *s, struct pl_str text,
                       const struct pl_version *wanted)
{
    struct pl_version version;
    char *dashed = pl_arena_alloc(s->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        dashed[i] = text.at[i] == '_' ? '-' : text.at[i];
    text.at = dashed;
    return pl_version_parse_view(s->arena, text, &version, NULL) &&
           pl_version_cmp(&version, wanted) == 0;
}

/* Old folders have dashes within the name, so each may be the one. */
static bool is_folder_of(struct search *s, const struct pl_file *file)
{
    struct pl_str text = s->folder;
    if (!pl_str_ends(text, INFO) || text.len > PL_MAX_WHEEL_NAME_BYTES)
        return false;
    text.len -= strlen(INFO);
    for (size_t i = 0; i < text.len; i++) {
        struct pl_str name = pl_str_sub(text, 0, i);
        if (text.at[i] == '-' && pl_name_valid(name) &&
            pl_str_eq(pl_name_normalize(s->arena, name), file->page->project) &&
            is_version(s, pl_str_sub(text, i + 1, text.len), file->version))
            return true;
    }
    return false;
}

static bool find_metadata(struct search *s,
                          const struct pl_zip_entries *entries,
                          const struct pl_file *file)
{
    for (size_t i = 0; i < entries->count; i++)
        if (!look_at(s, &entries->at[i]) ||
            !look_at_unicode(s, &entries->at[i]))
            return false;
    if (!s->metadata)
        return pl_error_plain(s->err, PL_ERR_INPUT,
                              "its wheel has no METADATA");
    struct pl_str folder = pl_str_sub(s->folder, 0, SHOWN_BYTES);
    if (!is_folder_of(s, file))
        return pl_error_plain(s->err, PL_ERR_INPUT,
                              "its wheel is of another name or version: "
                              "`%.*s`",
                              PL_STR_ARG(folder));
    return pl_zip_entry_check(s->metadata, s->err);
}

/* ---- the interface ---- */

static struct pl_wheel_need tail_of(uint64_t total)
{
    uint64_t length = total < PL_WHEEL_TAIL_BYTES ? total : PL_WHEEL_TAIL_BYTES;
    return (struct pl_wheel_need){total - length, length};
}

/* Found is done when nothing is needed. */
static bool read_pieces(struct search *s, const struct pl_wheel_bytes *bytes,
                        const struct pl_file *file, struct pl_wheel_need *need,
                        struct pl_str *member)
{
    struct pl_str tail, directory;
    struct pl_zip_end end;
    struct pl_zip_entries entries;
    if (!bytes->total)
        return pl_error_plain(s->err, PL_ERR_INPUT, "its wheel is empty");
    if (!have(s->arena, bytes, tail_of(bytes->total), &tail, need))
        return true;
    if (!pl_zip_end_parse(tail, bytes->total, &end, s->err))
        return false;
    struct pl_wheel_need at = {end.directory, end.directory_bytes};
    if (!have(s->arena, bytes, at, &directory, need))
        return true;
    if (!pl_zip_directory_parse(s->arena, directory, &end, &entries, s->err) ||
        !find_metadata(s, &entries, file))
        return false;
    at = (struct pl_wheel_need){s->metadata->offset, s->metadata->room};
    if (have(s->arena, bytes, at, member, need))
        *need = (struct pl_wheel_need){0};
    return true;
}

bool pl_wheel_read(struct pl_arena *arena, const struct pl_wheel_bytes *bytes,
                   const struct pl_file *file, struct pl_wheel_need *need,
                   struct pl_str *metadata, struct pl_error *err)
{
    PL_ARENA(scratch);
    struct search s = {.arena = &scratch, .err = err};
    struct pl_wheel_need lacks = {0};
    struct pl_str member;
    if (!read_pieces(&s, bytes, file, &lacks, &member) ||
        (!lacks.length &&
         !pl_zip_member_read(arena, s.metadata, member, metadata, err)))
        return false;
    *need = lacks;
    return true;
}
