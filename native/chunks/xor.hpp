// Prometheus' XOR chunks (tsdb/chunkenc/xor.go): two bytes of count, then a stream of bits with one sample after the
// other. Of timestamps the differences of differences are written, of values the bits that differ from the last one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bits.hpp"

namespace emberline::chunks {

inline constexpr std::size_t header = 2;
inline constexpr std::size_t most_samples = 0xFFFF;  // what the header can count

struct Sample {
    std::int64_t time;
    std::uint64_t bits;  // of a double
};

inline constexpr std::uint8_t unwritten = 0xFF;

// What the next sample is written against, or read.
struct Previous {
    std::int64_t time = 0;
    std::uint64_t delta = 0;
    std::uint64_t bits = 0;
    // Zeros around the bits that differed last. None in the beginning: a Prometheus that goes on with a chunk it has
    // read back refers to them before any were written.
    std::uint8_t leading = 0, trailing = 0;
};

// Writes samples behind each other into `bytes`, which begin with the header.
class Appender {
public:
    void append(std::vector<std::uint8_t>& bytes, Sample sample);
    std::uint16_t count() const { return count_; }

private:
    Previous previous_{.leading = unwritten};
    std::uint16_t count_ = 0;
    std::uint8_t free_ = 0;
};

enum class Fault : std::uint32_t { none, truncated, malformed_number, malformed_value };

// Reads a chunk sample by sample. It keeps no pointer: the bytes may move, and grow, between two samples.
class Decoder {
public:
    // The next of `count` samples; what went wrong otherwise, at byte `offset()`.
    Fault next(std::span<const std::uint8_t> bytes, Sample& sample);

    std::uint16_t read() const { return read_; }
    std::size_t offset() const { return place_ / 8; }

private:
    Previous previous_;
    std::uint32_t place_ = header * 8;
    std::uint16_t read_ = 0;
};

// The number of samples that a chunk says it has.
inline std::uint16_t count_of(std::span<const std::uint8_t> bytes) {
    return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

}  // namespace emberline::chunks
