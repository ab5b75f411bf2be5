// What every range function reads: the samples of one series, and what differs between releases of Prometheus.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

// Loops over arrays run on the vector instructions that the machine has; floating point stays as written.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(EMBERLINE_SCALAR)
#define EMBERLINE_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EMBERLINE_VECTORISED
#endif

namespace emberline::ranges {

using Times = std::span<const std::int64_t>;
using Values = std::span<const double>;

struct Profile {
    bool closed;       // a range holds the sample at its left end, too
    bool zero_first;   // the way to zero bounds the extrapolation before it is compared with the threshold
    bool compensated;  // aggregates of series carry a compensation term
    bool running_mean; // an average is moved by each value
};

inline constexpr std::uint64_t stale_bits = 0x7FF0000000000002;

inline bool is_stale(double value) { return std::bit_cast<std::uint64_t>(value) == stale_bits; }

// Samples of many series, one series after the other.
struct Samples {
    std::span<const std::int64_t> offsets;
    Times times;
    Values values;

    std::size_t size() const { return offsets.size() - 1; }

    struct One {
        Times times;
        Values values;
    };

    One operator[](std::size_t series) const {
        const auto begin = static_cast<std::size_t>(offsets[series]);
        const auto count = static_cast<std::size_t>(offsets[series + 1]) - begin;
        return {times.subspan(begin, count), values.subspan(begin, count)};
    }
};

}  // namespace emberline::ranges
