// The first thing wrong with a page. The numbers are shared with faults.py.
#pragma once

#include <cstdint>

namespace emberline::exposition {

enum class Fault : std::uint32_t {
    none = 0,
    body_bytes = 1,
    lines = 2,
    line_bytes = 3,
    series = 4,
    labels = 5,
    metric_name = 6,
    no_metric_name = 7,
    second_metric_name = 8,
    label_name = 9,
    duplicate_label = 10,
    equals = 11,
    label_value = 12,
    unterminated = 13,
    not_utf8 = 14,
    value = 15,
    not_a_number = 16,
    out_of_range = 17,
    timestamp = 18,
    timestamp_range = 19,
    line_end = 20,
    type = 21,
    comma = 22,
    blank = 23,
    comment = 24,
    open_type = 25,
    unit = 26,
    seconds = 27,
    exemplar = 28,
    no_eof = 29,
    after_eof = 30,
    nul = 31,
};

// Where reading goes on, or, with a fault, the byte it was found at.
struct Step {
    const char* at;
    Fault fault = Fault::none;
};

}  // namespace emberline::exposition
