#include "index/archive_tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define HOLE_BYTES 65536
#define NO_TAR "Unrecognized archive format" /* as libarchive says it */

struct tar {
    struct pl_archive archive;
    struct archive *reader;
    pl_archive_feed feed;
    void *user;
    struct pl_error *err; /* of the call that runs */
    bool feed_failed;
    struct pl_str block; /* of the member, not given yet */
    uint64_t block_at;   /* where it stands in the member */
    uint64_t at, size;   /* given; of the member */
    bool at_end;
};

static la_ssize_t feed_bytes(struct archive *reader, void *user,
                             const void **out)
{
    struct tar *tar = user;
    struct pl_str bytes = PL_STR("");
    if (!tar->feed(tar->user, &bytes, tar->err)) {
        tar->feed_failed = true;
        archive_set_error(reader, EIO, "its bytes end");
        return -1;
    }
    *out = bytes.at;
    return (la_ssize_t)bytes.len;
}

static bool damaged(const struct tar *tar, struct pl_error *err)
{
    const char *why = archive_error_string(tar->reader);
    if (tar->feed_failed)
        return false;
    if (pl_str_is(pl_str_from(why), NO_TAR))
        return pl_error_plain(err, PL_ERR_INPUT,
                              "it is no tar archive, plain, gzip or zstd");
    return pl_error_plain(err, PL_ERR_INPUT, "the archive cannot be read: %s",
                          why ? why : "no reason is known");
}

static enum pl_member_type type_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry))
        return PL_MEMBER_HARD_LINK;
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return PL_MEMBER_FILE;
    case AE_IFDIR:
        return PL_MEMBER_FOLDER;
    case AE_IFLNK:
        return PL_MEMBER_LINK;
    default:
        return PL_MEMBER_OTHER;
    }
}

static uint64_t stored_size(struct archive_entry *entry, uint64_t size)
{
    la_int64_t offset, len;
    uint64_t stored = 0;
    if (!archive_entry_sparse_reset(entry))
        return size;
    while (archive_entry_sparse_next(entry, &offset, &len) == ARCHIVE_OK)
        stored += len > 0 ? (uint64_t)len : 0;
    return stored;
}

static bool next_member(struct pl_archive *archive, struct pl_member *out,
                        bool *any, struct pl_error *err)
{
    struct tar *tar = (struct tar *)archive;
    struct archive_entry *entry;
    tar->err = err;
    int status = archive_read_next_header(tar->reader, &entry);
    *any = status != ARCHIVE_EOF;
    if (!*any)
        return true;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
        return damaged(tar, err);
    enum pl_member_type type = type_of(entry);
    la_int64_t size = archive_entry_size(entry);
    *out = (struct pl_member){
        .name = pl_str_from(archive_entry_pathname(entry)),
        .target =
            pl_str_from(type == PL_MEMBER_LINK ? archive_entry_symlink(entry)
                                               : archive_entry_hardlink(entry)),
        .type = type,
        .size = type == PL_MEMBER_FILE && size > 0 ? (uint64_t)size : 0,
        .is_executable = (archive_entry_perm(entry) & 0111) != 0,
    };
    out->stored = stored_size(entry, out->size);
    tar->block = PL_STR("");
    tar->block_at = tar->at = 0;
    tar->size = out->size;
    tar->at_end = false;
    return true;
}

static bool next_block(struct tar *tar, struct pl_error *err)
{
    const void *bytes;
    size_t len;
    la_int64_t offset;
    tar->err = err;
    int status = archive_read_data_block(tar->reader, &bytes, &len, &offset);
    tar->at_end = status == ARCHIVE_EOF;
    if (tar->at_end) {
        tar->block = PL_STR("");
        tar->block_at = tar->size;
        return true;
    }
    if (status != ARCHIVE_OK || offset < 0 || (uint64_t)offset < tar->at)
        return damaged(tar, err);
    tar->block = (struct pl_str){bytes, len};
    tar->block_at = (uint64_t)offset;
    return true;
}

static struct pl_str take_hole(struct tar *tar)
{
    static const char hole[HOLE_BYTES];
    uint64_t len = tar->block_at - tar->at;
    if (len > HOLE_BYTES)
        len = HOLE_BYTES;
    tar->at += len;
    return (struct pl_str){hole, (size_t)len};
}

static bool read_member(struct pl_archive *archive, struct pl_str *bytes,
                        struct pl_error *err)
{
    struct tar *tar = (struct tar *)archive;
    while (!tar->block.len && tar->at >= tar->block_at && !tar->at_end)
        if (!next_block(tar, err))
            return false;
    if (tar->at < tar->block_at) {
        *bytes = take_hole(tar);
        return true;
    }
    *bytes = tar->block;
    tar->at += tar->block.len;
    tar->block = PL_STR("");
    return true;
}

static void close_tar(struct pl_archive *archive)
{
    struct tar *tar = (struct tar *)archive;
    tar->err = NULL;
    archive_read_free(tar->reader);
}

/*
 * A filter that libarchive was built without is a program that it would start.
 */
static bool support(struct archive *reader)
{
    return archive_read_support_format_tar(reader) == ARCHIVE_OK &&
           archive_zlib_version() &&
           archive_read_support_filter_gzip(reader) == ARCHIVE_OK &&
           (!archive_libzstd_version() ||
            archive_read_support_filter_zstd(reader) == ARCHIVE_OK);
}

static bool start(struct tar *tar, struct pl_error *err)
{
    tar->err = err;
    if (!support(tar->reader) ||
        archive_read_open(tar->reader, tar, NULL, feed_bytes, NULL) !=
            ARCHIVE_OK)
        return damaged(tar, err);
    /* Bytes that unpack to nothing could be packed again without end. */
    if (archive_filter_count(tar->reader) > 2)
        return pl_error_plain(err, PL_ERR_INPUT, "it is packed twice");
    return true;
}

bool pl_archive_open_tar(struct pl_arena *arena, pl_archive_feed feed,
                         void *user, struct pl_archive **out,
                         struct pl_error *err)
{
    struct tar *tar = pl_new(arena, struct tar);
    tar->archive = (struct pl_archive){next_member, read_member, close_tar};
    tar->feed = feed;
    tar->user = user;
    tar->reader = archive_read_new();
    if (!tar->reader)
        pl_out_of_memory();
    if (!start(tar, err)) {
        archive_read_free(tar->reader);
        return false;
    }
    *out = &tar->archive;
    return true;
}
