// A page as columns: what `scan` fills in, and its limits. The layout is that of twin.py.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "fault.hpp"

namespace emberline::exposition {

inline constexpr std::int64_t no_timestamp = std::numeric_limits<std::int64_t>::min();

// Prometheus' text format, or OpenMetrics 1.0. The numbers are shared with wire.py.
enum class Format : std::uint32_t { text = 0, open = 1 };

struct Limits {
    std::uint32_t body_bytes;
    std::uint32_t lines;
    std::uint32_t line_bytes;
    std::uint32_t series;
    std::uint32_t labels;
};

// Offsets are bytes from the start of the page; a span ends before its second offset.
struct Span {
    std::uint32_t start;
    std::uint32_t end;
};

enum class Type : std::uint32_t { untyped, counter, gauge, histogram, summary, gaugehistogram, info, stateset };

struct Family {
    Span name;
    Span help;
    Span unit;
    Type type;
    std::uint32_t first;
    std::uint32_t count;
};
static_assert(sizeof(Family) == 36);

struct Columns {
    std::vector<double> values;
    std::vector<std::int64_t> timestamps;
    std::vector<Span> keys;
    std::vector<Family> families;
};

struct Verdict {
    Fault fault;
    std::uint64_t offset;
};

// Fills the columns from a page, or says what is wrong with it first and where; then the columns hold
// what stood before.
Verdict scan(std::string_view page, Format format, const Limits& limits, Columns& columns);

}  // namespace emberline::exposition
