#include "index/sdist.h"

#include <archive.h>
#include <archive_entry.h>

#include "core/limits.h"
#include "index/egg_requires.h"
#include "index/metadata.h"
#include "pep/name.h"

#define WHAT_HELPS                                                             \
    "podlock runs no code of a package: make a wheel of it with `pip wheel` "  \
    "and name its folder with --find-links, or choose another version"

struct scan {
    struct pl_arena *arena;
    struct archive *archive;
    const struct pl_file *file;
    uint64_t unpacked;
    bool has_info, has_requires, has_egg, done;
    struct pl_metadata_text info;
    struct pl_str requires;
    size_t egg_depth;
    struct pl_error *err;
};

static void free_archive(struct archive **archive)
{
    archive_read_free(*archive);
}

static bool damaged(const struct scan *s)
{
    const char *why = archive_error_string(s->archive);
    return pl_error_plain(s->err, PL_ERR_INPUT,
                          "its source distribution cannot be read: %s",
                          why ? why : "it is cut off");
}

static bool too_large(const struct scan *s)
{
    return pl_error_plain(s->err, PL_ERR_LIMIT,
                          "its source distribution is too large to look at: "
                          "more than %u bytes, or %u for one file",
                          PL_MAX_SDIST_BYTES, PL_MAX_METADATA_BYTES);
}

/*
 * Goes through the member's data; into `out` when it is given. The bytes are
 * counted here, because libarchive skips over a member of any size by itself.
 */
static bool read_member(struct scan *s, struct pl_buf *out)
{
    const void *block;
    size_t len;
    la_int64_t offset;
    int status;
    while ((status = archive_read_data_block(s->archive, &block, &len,
                                             &offset)) == ARCHIVE_OK) {
        s->unpacked += len;
        if (s->unpacked > PL_MAX_SDIST_BYTES)
            return too_large(s);
        if (out)
            pl_buf_add(out, block, len);
    }
    if (status != ARCHIVE_EOF)
        return damaged(s);
    return !out || pl_buf_ok(out) || too_large(s);
}

static bool read_text(struct scan *s, struct pl_str *out)
{
    PL_BUF(text, PL_MAX_METADATA_BYTES);
    if (!read_member(s, &text))
        return false;
    *out = pl_arena_dup(s->arena, pl_buf_view(&text));
    return true;
}

static bool is_binding(const struct pl_metadata_text *info)
{
    return (info->major > 2 || (info->major == 2 && info->minor >= 2)) &&
           !info->dynamic_requires;
}

static bool read_info(struct scan *s)
{
    struct pl_str text;
    if (s->has_info)
        return pl_error_plain(s->err, PL_ERR_INPUT,
                              "its source distribution has two PKG-INFO");
    if (!read_text(s, &text))
        return false;
    s->has_info = true;
    s->info = pl_metadata_scan(s->arena, text);
    s->done = is_binding(&s->info);
    return true;
}

/* Is it NAME.egg-info of this project? */
static bool is_own_egg(const struct scan *s, struct pl_str folder)
{
    if (!pl_str_ends(folder, ".egg-info"))
        return false;
    struct pl_str name = pl_str_sub(folder, 0, folder.len - 9);
    return pl_name_valid(name) &&
           pl_str_eq(pl_name_normalize(s->arena, name), s->file->page->project);
}

/* Files of other packages' egg-info lie in the tests of some packages. */
static bool read_egg(struct scan *s, size_t depth, struct pl_str name)
{
    if (!s->has_egg || depth < s->egg_depth) {
        s->has_egg = true;
        s->has_requires = false;
        s->egg_depth = depth;
    }
    if (depth > s->egg_depth || !pl_str_is(name, "requires.txt"))
        return read_member(s, NULL);
    if (s->has_requires)
        return pl_error_plain(s->err, PL_ERR_INPUT,
                              "its source distribution has two requires.txt");
    s->has_requires = true;
    return read_text(s, &s->requires);
}

static bool read_entry(struct scan *s, struct archive_entry *entry)
{
    struct pl_str path = pl_str_from(archive_entry_pathname(entry));
    struct pl_str part, folder = PL_STR(""), name = PL_STR("");
    size_t depth = 0;
    if (archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry))
        return read_member(s, NULL);
    while (pl_str_cut(&path, '/', &part)) {
        if (!part.len || pl_str_is(part, "."))
            continue;
        depth++;
        folder = name;
        name = part;
    }
    if (depth == 2 && pl_str_is(name, "PKG-INFO"))
        return read_info(s);
    if (is_own_egg(s, folder))
        return read_egg(s, depth, name);
    return read_member(s, NULL);
}

static bool read_archive(struct scan *s)
{
    struct archive_entry *entry;
    for (size_t count = 0; !s->done; count++) {
        int status = archive_read_next_header(s->archive, &entry);
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return damaged(s);
        if (count == PL_MAX_SDIST_MEMBERS)
            return pl_error_plain(s->err, PL_ERR_LIMIT,
                                  "its source distribution has more than %d "
                                  "members",
                                  PL_MAX_SDIST_MEMBERS);
        if (!read_entry(s, entry))
            return false;
    }
    return true;
}

static bool open_archive(struct scan *s, struct pl_str bytes)
{
    int status;
    if (!s->archive)
        pl_out_of_memory();
    if (pl_str_ends(s->file->details->name, ".zip")) {
        status = archive_read_support_format_zip(s->archive);
    } else {
        status = archive_read_support_format_tar(s->archive);
        if (status == ARCHIVE_OK)
            status = archive_read_support_filter_gzip(s->archive);
    }
    return (status == ARCHIVE_OK &&
            archive_read_open_memory(s->archive, bytes.at, bytes.len) ==
                ARCHIVE_OK) ||
           damaged(s);
}

static bool says_nothing(const struct scan *s)
{
    if (!s->has_info)
        return pl_error_plain(s->err, PL_ERR_INPUT,
                              "its source distribution has no PKG-INFO; %s",
                              WHAT_HELPS);
    return pl_error_plain(
        s->err, PL_ERR_INPUT,
        "its source distribution does not state its "
        "requirements (Metadata-Version %u.%u%s, no "
        "egg-info); %s",
        s->info.major, s->info.minor,
        s->info.dynamic_requires ? ", Requires-Dist is dynamic" : "",
        WHAT_HELPS);
}

static bool build(struct scan *s, struct pl_metadata *out)
{
    struct pl_metadata metadata = {0};
    bool binding = is_binding(&s->info);
    bool stated = s->info.requires.len > 0;
    if (!s->has_info || (!binding && !s->has_egg && !stated))
        return says_nothing(s);
    if (!pl_metadata_check(s->arena, &s->info, s->file, s->err))
        return false;
    if (!binding && s->has_egg)
    s->info.requires.len = 0;
    if (!pl_metadata_build(s->arena, &s->info, &metadata, s->err))
        return false;
    if (!binding && s->has_requires &&
        !pl_egg_requires_parse(s->arena, s->requires, &metadata, s->err))
        return false;
    metadata.from_sdist = !binding;
    *out = metadata;
    return true;
}

bool pl_sdist_parse(struct pl_arena *arena, struct pl_str bytes,
                    const struct pl_file *file, struct pl_metadata *out,
                    struct pl_error *err)
{
    struct archive *archive PL_CLEANUP(free_archive) = archive_read_new();
    struct scan s = {
        .arena = arena, .archive = archive, .file = file, .err = err};
    return open_archive(&s, bytes) && read_archive(&s) && build(&s, out);
}
