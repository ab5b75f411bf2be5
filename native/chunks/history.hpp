// The samples of many series, compressed: sealed chunks, and behind them one that is being written.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "xor.hpp"

namespace emberline::chunks {

struct Chunk {
    std::int64_t first, last;   // times of samples that are not forgotten
    std::uint64_t before;       // samples of the series ahead of the chunk, stale markers apart
    std::vector<std::uint8_t> bytes;
};

// A counter fell: the sample of this ordinal is below the one before, which had `value`.
struct Reset {
    std::uint64_t ordinal;
    std::int64_t time;
    double value;
};

enum class Taken { new_one, same, duplicate, out_of_order };

// One series. Chunks are numbered from its begin on, whether the first ones are still there or not.
class Column {
public:
    Taken append(Sample sample);
    // Keep in mind where the series falls: only windows need it, and a gauge falls all the time.
    void count();
    void forget(std::int64_t before);  // every sample before that time; memory returns by the chunk

    std::uint64_t first_chunk() const { return gone_; }
    std::uint64_t end_chunk() const { return gone_ + chunks_.size(); }
    const Chunk& chunk(std::uint64_t number) const { return chunks_[number - gone_]; }
    // Samples of the series up to the end of a chunk, stale markers apart.
    std::uint64_t through(std::uint64_t number) const {
        return number + 1 < end_chunk() ? chunk(number + 1).before : ordinal_;
    }
    // The first chunk with a sample at or after a time; end_chunk() without one.
    std::uint64_t chunk_at(std::int64_t time) const;

    bool empty() const { return chunks_.empty(); }
    // The newest sample that was ever taken.
    const std::optional<Sample>& last() const { return last_; }
    // No sample at or before this time is there any more.
    std::int64_t forgotten() const { return forgotten_; }
    // The samples of [start, end], behind what is there.
    void read(std::int64_t start, std::int64_t end, std::vector<std::int64_t>& times,
              std::vector<std::uint64_t>& values) const;
    std::uint64_t samples() const { return samples_ - hidden_; }
    const std::vector<Reset>& resets() const { return resets_; }
    std::size_t bytes() const;

private:
    void open(std::int64_t time);
    void follow(Sample sample);
    void hide(std::int64_t before);

    std::vector<Chunk> chunks_;
    std::vector<Reset> resets_;
    Appender appender_;
    bool counted_ = false;
    std::uint64_t gone_ = 0;      // chunks that are forgotten
    std::uint64_t samples_ = 0;   // in chunks, stale markers included
    std::uint64_t hidden_ = 0;    // of them, at the begin of the first chunk: forgotten
    std::int64_t forgotten_ = std::numeric_limits<std::int64_t>::min();
    std::uint64_t ordinal_ = 0;   // of the next sample that is no stale marker
    std::size_t chunk_bytes_ = 0;
    std::optional<Sample> last_;
    std::optional<double> last_value_;  // stale markers apart
};

class History {
public:
    History() = default;
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    std::size_t add();
    void discard(std::size_t series);
    Taken append(Column& column, Sample sample);
    void count(Column& column);
    void forget(Column& column, std::int64_t before);

    // Null for a series that is not there.
    Column* find(std::size_t series) {
        return series < columns_.size() ? columns_[series].get() : nullptr;
    }
    const Column* find(std::size_t series) const {
        return series < columns_.size() ? columns_[series].get() : nullptr;
    }

    std::uint64_t samples() const;
    std::size_t bytes() const { return bytes_ + columns_.capacity() * sizeof columns_[0]; }
    // The time of the oldest sample.
    std::optional<std::int64_t> oldest() const;
    // When the chunk ends that ends first: to forget what lies up to then returns memory.
    std::optional<std::int64_t> first_end() const;

private:
    std::vector<std::unique_ptr<Column>> columns_;  // numbers are not given twice
    std::size_t bytes_ = 0;                         // of all columns
};

}  // namespace emberline::chunks
