// Windows that move over the series of a history, for the price of the samples that they pass.
#pragma once

#include <span>
#include <vector>

#include "../ranges/extrapolate.hpp"
#include "history.hpp"

namespace emberline::chunks {

// Stands between two samples of a series, stale markers left out: the newest at or before some time, and the next.
class Edge {
public:
    struct Place {
        std::int64_t time;
        double value;
        std::uint64_t ordinal;
    };

    // Goes on to a time, which lies not before the last one.
    void move(const Column& column, std::int64_t time);

    // Null where there is none, or none any more.
    const Place* before() const { return has_before_ ? &before_ : nullptr; }
    const Place* after() const { return has_after_ ? &after_ : nullptr; }

private:
    void seek(const Column& column, std::int64_t time);
    bool read(const Column& column);  // the next sample into after_

    Decoder decoder_;
    std::uint64_t chunk_ = 0, ordinal_ = 0;
    Place before_{}, after_{};
    bool has_before_ = false, has_after_ = false, placed_ = false;
};

class Windows {
public:
    // Window j of a series at `at` holds the samples of (at - offsets[j] - lengths[j], at - offsets[j]].
    Windows(std::span<const std::int64_t> series, std::span<const std::int64_t> offsets,
            std::span<const std::int64_t> lengths, ranges::Profile profile);

    std::size_t windows() const { return spans_.size(); }
    std::size_t series() const { return series_.size(); }

    std::int64_t at() const { return at_; }

    // Increases by window and series; absent is 0. `at` never goes back.
    void increase(const History& history, std::int64_t at, double* raised, std::uint8_t* present);

private:
    struct Span {
        std::size_t begin, end;  // edges
        std::int64_t offset, length;
    };

    bool increase(const Column& column, const Span& span, std::span<const Edge> edges, std::int64_t at,
                  double& raised) const;

    std::vector<std::size_t> series_;
    std::vector<Span> spans_;
    std::vector<std::int64_t> bounds_;  // how far before an evaluation each edge of a series stands
    std::vector<Edge> edges_;           // of one series after the other
    ranges::Profile profile_;
    std::int64_t at_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace emberline::chunks
