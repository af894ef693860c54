/* A pyproject.toml, with all its extras and a group. */
#include "core/utf8.h"
#include "tests/fuzz/reqfile_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_inputs in;
    struct pl_str text = pl_fuzz_text(data, size);
    if (pl_str_has(text, '\0') || pl_utf8_invalid_at(text) < text.len)
        return 0;
    pl_inputs_init(&in, &arena);
    in.all_extras = size % 2;
    if (size % 3 == 0)
        pl_vec_push(&arena, &in.groups, PL_STR("test"));
    check_reader(pl_reqfile_read_pyproject, &in, "pyproject.toml", text);
    return 0;
}
