#include "windows.hpp"

#include <algorithm>
#include <bit>

namespace emberline::chunks {

void Edge::move(const Column& column, std::int64_t time) {
    // What was forgotten behind an edge is of no use to it: it looks for its place anew.
    if (!placed_ || chunk_ < column.first_chunk()) seek(column, time);
    while (has_after_ || read(column)) {
        if (after_.time > time) return;
        before_ = after_;
        has_before_ = true;
        has_after_ = false;
    }
}

void Edge::seek(const Column& column, std::int64_t time) {
    has_before_ = has_after_ = false;
    chunk_ = column.chunk_at(time);
    // The sample before may lie in the chunk before, or, behind stale markers, further back.
    if (chunk_ > column.first_chunk()) --chunk_;
    while (chunk_ > column.first_chunk() && column.chunk(chunk_).before == column.through(chunk_)) --chunk_;
    decoder_ = {};
    placed_ = chunk_ < column.end_chunk();
    if (placed_) ordinal_ = column.chunk(chunk_).before;
}

bool Edge::read(const Column& column) {
    if (!placed_) return false;
    for (;;) {
        const Chunk& chunk = column.chunk(chunk_);
        Sample sample{};
        while (decoder_.read() < count_of(chunk.bytes) && decoder_.next(chunk.bytes, sample) == Fault::none) {
            if (sample.bits == ranges::stale_bits) continue;
            after_ = {sample.time, std::bit_cast<double>(sample.bits), ordinal_++};
            has_after_ = true;
            return true;
        }
        if (chunk_ + 1 == column.end_chunk()) return false;
        ++chunk_;
        decoder_ = {};
        ordinal_ = column.chunk(chunk_).before;
    }
}

Windows::Windows(std::span<const std::int64_t> series, std::span<const std::int64_t> offsets,
                 std::span<const std::int64_t> lengths, ranges::Profile profile)
    : series_(series.begin(), series.end()), profile_(profile) {
    const auto edge = [this](std::int64_t bound) {
        const auto found = std::find(bounds_.begin(), bounds_.end(), bound);
        if (found != bounds_.end()) return static_cast<std::size_t>(found - bounds_.begin());
        bounds_.push_back(bound);
        return bounds_.size() - 1;
    };
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const std::int64_t begin = offsets[i] + lengths[i] + (profile.closed ? 1 : 0);
        spans_.push_back({edge(begin), edge(offsets[i]), offsets[i], lengths[i]});
    }
    edges_.resize(series_.size() * bounds_.size());
}

void Windows::increase(const History& history, std::int64_t at, double* raised, std::uint8_t* present) {
    at_ = at;
    for (std::size_t i = 0; i < series_.size(); ++i) {
        const Column* const column = history.find(series_[i]);
        const std::span edges(edges_.data() + i * bounds_.size(), bounds_.size());
        if (column != nullptr) {
            for (std::size_t j = 0; j < edges.size(); ++j) {
                edges[j].move(*column, std::max(at - bounds_[j], column->forgotten()));
            }
        }
        for (std::size_t j = 0; j < spans_.size(); ++j) {
            double& value = raised[j * series_.size() + i];
            value = 0.0;
            present[j * series_.size() + i] = column != nullptr && increase(*column, spans_[j], edges, at, value);
        }
    }
}

bool Windows::increase(const Column& column, const Span& span, std::span<const Edge> edges, std::int64_t at,
                       double& raised) const {
    const Edge::Place* const first = edges[span.begin].after();
    const Edge::Place* const last = edges[span.end].before();
    if (first == nullptr || last == nullptr || first->ordinal >= last->ordinal) return false;
    double risen = last->value - first->value;
    const auto& resets = column.resets();
    auto reset = std::partition_point(resets.begin(), resets.end(), [first](const Reset& each) {
        return each.ordinal <= first->ordinal;
    });
    for (; reset != resets.end() && reset->ordinal <= last->ordinal; ++reset) risen += reset->value;
    const std::int64_t end = at - span.offset;
    const ranges::Distances distances{
        static_cast<double>(last->ordinal - first->ordinal), static_cast<double>(last->time - first->time),
        static_cast<double>(first->time - (end - span.length)), static_cast<double>(end - last->time)};
    raised = ranges::extrapolated(risen, first->value, distances, {span.length, false, profile_});
    return true;
}

}  // namespace emberline::chunks
