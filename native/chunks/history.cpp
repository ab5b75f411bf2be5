#include "history.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "../ranges/samples.hpp"

namespace emberline::chunks {

namespace {

// Long enough that what a chunk weighs beside its bytes is little, short enough to be read for a single sample.
constexpr std::uint16_t samples_in_chunk = 240;

constexpr std::size_t largest = 24;  // bytes of a sample, at most
constexpr std::size_t growth = 96;   // bytes by which a chunk grows: memory is dearer than a copy of so few
constexpr std::size_t more = 8;      // chunks and resets by which their lists grow
constexpr std::size_t least = 512;   // what a series takes with its first sample, and is taken to take before
constexpr std::size_t allocation = 16;  // what the allocator keeps beside the bytes of a chunk

bool is_stale(Sample sample) { return sample.bits == ranges::stale_bits; }

// The least time of the first chunks.
template <typename Columns, typename Time>
std::optional<std::int64_t> least_of(const Columns& columns, Time time) {
    std::optional<std::int64_t> found;
    for (const auto& column : columns) {
        if (!column || column->empty()) continue;
        const std::int64_t own = time(column->chunk(column->first_chunk()));
        found = std::min(found.value_or(own), own);
    }
    return found;
}

}  // namespace

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
    follow(sample);
    return Taken::new_one;
}

void Column::follow(Sample sample) {
    if (is_stale(sample)) return;
    const auto value = std::bit_cast<double>(sample.bits);
    if (counted_ && last_value_ && value < *last_value_) {
        if (resets_.size() == resets_.capacity()) resets_.reserve(resets_.size() + more);
        resets_.push_back({ordinal_, sample.time, *last_value_});
    }
    last_value_ = value;
    ++ordinal_;
}

void Column::count() {
    if (std::exchange(counted_, true) || empty()) return;
    ordinal_ = chunks_.front().before;
    last_value_.reset();
    for (const Chunk& chunk : chunks_) {
        Decoder decoder;
        for (Sample sample{}; decoder.read() < count_of(chunk.bytes);) {
            if (decoder.next(chunk.bytes, sample) != Fault::none) break;
            follow(sample);
        }
    }
}

void Column::open(std::int64_t time) {
    if (!chunks_.empty()) {
        std::vector<std::uint8_t>& sealed = chunks_.back().bytes;
        const std::size_t before = sealed.capacity();
        sealed.shrink_to_fit();
        chunk_bytes_ -= before - sealed.capacity();
    }
    if (chunks_.size() == chunks_.capacity()) chunks_.reserve(chunks_.size() + more);
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
        forgotten_ = chunk->last;
        hidden_ = 0;
        ++gone_;
    }
    chunks_.erase(chunks_.begin(), kept);
    if (chunks_.capacity() > chunks_.size() + 2 * more) chunks_.shrink_to_fit();
    if (!chunks_.empty() && chunks_.front().first < before) hide(before);
    std::erase_if(resets_, [this](const Reset& reset) { return reset.time <= forgotten_; });
    if (resets_.capacity() > resets_.size() + 2 * more) resets_.shrink_to_fit();
}

// Forgets the samples before a time in the first chunk, which ends later.
void Column::hide(std::int64_t before) {
    Chunk& chunk = chunks_.front();
    Decoder decoder;
    for (Sample sample{}; decoder.next(chunk.bytes, sample) == Fault::none;) {
        chunk.first = sample.time;
        if (sample.time >= before) break;
        forgotten_ = sample.time;
    }
    hidden_ = decoder.read() - 1U;
}

std::uint64_t Column::chunk_at(std::int64_t time) const {
    const auto found = std::partition_point(chunks_.begin(), chunks_.end(),
                                            [time](const Chunk& chunk) { return chunk.last < time; });
    return gone_ + static_cast<std::uint64_t>(found - chunks_.begin());
}

void Column::read(std::int64_t start, std::int64_t end, std::vector<std::int64_t>& times,
                  std::vector<std::uint64_t>& values) const {
    std::uint64_t number = chunk_at(start), until = number;
    std::size_t most = times.size();
    for (; until < end_chunk() && chunk(until).first <= end; ++until) most += count_of(chunk(until).bytes);
    times.reserve(most);
    values.reserve(most);
    for (; number < until; ++number) {
        const Chunk& within = chunk(number);
        Decoder decoder;
        for (Sample sample{}; decoder.read() < count_of(within.bytes);) {
            if (decoder.next(within.bytes, sample) != Fault::none || sample.time > end) break;
            if (sample.time < start || sample.time < within.first) continue;
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
    bytes_ += columns_.back()->bytes();
    return columns_.size() - 1;
}

void History::discard(std::size_t series) {
    if (const Column* const column = find(series)) bytes_ -= column->bytes();
    if (series < columns_.size()) columns_[series].reset();
}

Taken History::append(Column& column, Sample sample) {
    const std::size_t before = column.bytes();
    const Taken taken = column.append(sample);
    bytes_ += column.bytes() - before;
    return taken;
}

void History::count(Column& column) {
    const std::size_t before = column.bytes();
    column.count();
    bytes_ += column.bytes() - before;
}

void History::forget(Column& column, std::int64_t before) {
    const std::size_t held = column.bytes();
    column.forget(before);
    bytes_ -= held - column.bytes();
}

std::uint64_t History::samples() const {
    std::uint64_t found = 0;
    for (const auto& column : columns_) found += column ? column->samples() : 0;
    return found;
}

std::optional<std::int64_t> History::oldest() const {
    return least_of(columns_, [](const Chunk& chunk) { return chunk.first; });
}

std::optional<std::int64_t> History::first_end() const {
    return least_of(columns_, [](const Chunk& chunk) { return chunk.last; });
}

}  // namespace emberline::chunks
