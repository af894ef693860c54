#include "container/record_file.h"
#include "core/digest.h"
#include "core/limits.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/memory_tree.h"

#define SITE "/lib/site-packages"
#define INFO SITE "/a-1.dist-info"

static void check_row(struct pl_arena *arena, const struct pl_record_file *file)
{
    PL_FUZZ_WANT(!file->sha256.len || pl_sha256_valid(file->sha256));
    PL_FUZZ_WANT(file->has_size || !file->size);
    if (file->wrong || !file->place.len)
        return;
    struct pl_str again = pl_tree_path(arena, PL_STR("/"), file->place, NULL);
    PL_FUZZ_WANT(pl_str_eq(again, file->place));
    PL_FUZZ_WANT(file->outside != pl_str_starts(file->place, SITE "/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_str text = pl_fuzz_text(data, size);
    struct pl_record_reader reader = pl_record_open(text, PL_STR(SITE));
    struct pl_record_file file;
    size_t rows = 0, last = 0;
    for (; pl_record_next(&reader, &arena, &file); last = file.line, rows++) {
        check_row(&arena, &file);
        PL_FUZZ_WANT(file.line > last || pl_str_has(text, '\r'));
    }
    PL_FUZZ_WANT(rows <= size && !reader.rest.len);

    struct memory_tree t;
    struct pl_record_report report;
    struct pl_installed row = {.folder = PL_STR(SITE), .info = PL_STR(INFO)};
    memory_tree_init(&t, &arena);
    memory_file(&t, SITE "/a.py", "hello");
    memory_bytes(&t, INFO "/RECORD", text);
    PL_FUZZ_WANT(pl_record_verify(&arena, &t.tree, &row, &report, NULL));
    PL_FUZZ_WANT(report.files == rows && pl_record_report_wrong(&report) +
                                                 report.unhashed +
                                                 report.hashed <=
                                             rows);
    return 0;
}
