#include "history.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "../ranges/samples.hpp"

namespace emberline::chunks {

namespace {

// Long enough that what a chunk weighs beside its bytes is little, short enough to be read for a single sample.
constexpr std::uint16_t samples_in_chunk = 240;

constexpr std::size_t largest = 24;  // bytes of a sample, at most
constexpr std::size_t growth = 96;   // bytes by which a chunk grows: memory is dearer than a copy of so few
constexpr std::size_t more_chunks = 8;
constexpr std::size_t least = 512;   // what a series takes with its first sample, and is taken to take before
constexpr std::size_t allocation = 16;  // what the allocator keeps beside the bytes of a chunk

bool is_stale(Sample sample) { return sample.bits == ranges::stale_bits; }

}  // namespace

Column::Column() = default;

Taken Column::append(Sample sample) {
    if (last_) {
        if (sample.time < last_->time) return Taken::out_of_order;
        if (sample.time == last_->time) return sample.bits == last_->bits ? Taken::same : Taken::duplicate;
    }
    if (chunks_.empty() || appender_.count() == samples_in_chunk) open(sample.time);
    Chunk& chunk = chunks_.back();
    const std::size_t before = chunk.bytes.capacity();
    if (before - chunk.bytes.size() < largest) chunk.bytes.reserve(chunk.bytes.size() + growth);
    appender_.append(chunk.bytes, sample);
    chunk_bytes_ += chunk.bytes.capacity() - before;
    chunk.last = sample.time;
    last_ = sample;
    ++samples_;
    if (!is_stale(sample)) {
        const auto value = std::bit_cast<double>(sample.bits);
        if (last_value_ && value < *last_value_) resets_.push_back({ordinal_, sample.time, *last_value_});
        last_value_ = value;
        ++ordinal_;
    }
    return Taken::new_one;
}

void Column::open(std::int64_t time) {
    if (!chunks_.empty()) {
        std::vector<std::uint8_t>& sealed = chunks_.back().bytes;
        const std::size_t before = sealed.capacity();
        sealed.shrink_to_fit();
        chunk_bytes_ -= before - sealed.capacity();
    }
    if (chunks_.size() == chunks_.capacity()) chunks_.reserve(chunks_.size() + more_chunks);
    chunks_.push_back({time, time, ordinal_, std::vector<std::uint8_t>(header)});
    chunk_bytes_ += chunks_.back().bytes.capacity();
    appender_ = {};
}

void Column::forget(std::int64_t before) {
    const auto kept = std::partition_point(chunks_.begin(), chunks_.end(),
                                           [before](const Chunk& chunk) { return chunk.last < before; });
    for (auto chunk = chunks_.begin(); chunk != kept; ++chunk) {
        samples_ -= count_of(chunk->bytes);
        chunk_bytes_ -= chunk->bytes.capacity();
        ++gone_;
    }
    chunks_.erase(chunks_.begin(), kept);
    std::erase_if(resets_, [before](const Reset& reset) { return reset.time < before; });
}

std::uint64_t Column::chunk_at(std::int64_t time) const {
    const auto found = std::partition_point(chunks_.begin(), chunks_.end(),
                                            [time](const Chunk& chunk) { return chunk.last < time; });
    return gone_ + static_cast<std::uint64_t>(found - chunks_.begin());
}

std::optional<std::int64_t> Column::first() const {
    return chunks_.empty() ? std::nullopt : std::optional(chunks_.front().first);
}

std::optional<Sample> Column::last() const { return last_; }

std::optional<Sample> Column::latest(std::int64_t at) const {
    if (last_ && last_->time <= at) return last_;
    std::uint64_t number = chunk_at(at);
    if (number == end_chunk()) return {};
    if (chunk(number).first > at && number-- == gone_) return {};
    std::optional<Sample> found;
    Decoder decoder;
    const Chunk& within = chunk(number);
    for (Sample sample{}; decoder.read() < count_of(within.bytes); found = sample) {
        if (decoder.next(within.bytes, sample) != Fault::none || sample.time > at) break;
    }
    return found;
}

void Column::read(std::int64_t start, std::int64_t end, std::vector<std::int64_t>& times,
                  std::vector<std::uint64_t>& values) const {
    for (std::uint64_t number = chunk_at(start); number < end_chunk() && chunk(number).first <= end; ++number) {
        const Chunk& within = chunk(number);
        Decoder decoder;
        for (Sample sample{}; decoder.read() < count_of(within.bytes);) {
            if (decoder.next(within.bytes, sample) != Fault::none || sample.time > end) break;
            if (sample.time < start) continue;
            times.push_back(sample.time);
            values.push_back(sample.bits);
        }
    }
}

std::size_t Column::bytes() const {
    const std::size_t held = chunk_bytes_ + chunks_.size() * allocation + chunks_.capacity() * sizeof(Chunk) +
                             resets_.capacity() * sizeof(Reset);
    return sizeof(Column) + std::max(held, least);
}

std::size_t History::add() {
    columns_.push_back(std::make_unique<Column>());
    return columns_.size() - 1;
}

void History::discard(std::size_t series) {
    if (series < columns_.size()) columns_[series].reset();
}

std::uint64_t History::samples() const {
    std::uint64_t found = 0;
    for (const auto& column : columns_) found += column ? column->samples() : 0;
    return found;
}

std::size_t History::bytes() const {
    std::size_t found = columns_.capacity() * sizeof columns_[0];
    for (const auto& column : columns_) found += column ? column->bytes() : 0;
    return found;
}

}  // namespace emberline::chunks
