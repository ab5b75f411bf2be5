#include "extrapolate.hpp"

#include <algorithm>

namespace emberline::ranges {

namespace {

constexpr double margin = 1 + 1e-9;  // far more than what the estimate below rounds away
constexpr std::size_t block = 512;

// One increase. A counter that rises was not below zero, which bounds the way to the left.
inline double increase(double risen, double first, const Spans& spans, bool zero_first, double divisor) {
    double left = zero_first ? spans.to_start : spans.near(spans.to_start);
    const double to_zero = spans.sampled * (first / risen);
    left = (risen > 0) & (first >= 0) & (to_zero < left) ? to_zero : left;
    left = zero_first ? spans.near(left) : left;
    return risen * (((spans.sampled + left) + spans.near(spans.to_end)) / spans.sampled / divisor);
}

EMBERLINE_VECTORISED void subtract(const double* first, const double* last, std::size_t count, double* risen) {
    for (std::size_t i = 0; i < count; ++i) risen[i] = last[i] - first[i];
}

EMBERLINE_VECTORISED void add(double added, std::size_t count, double* risen) {
    for (std::size_t i = 0; i < count; ++i) risen[i] += added;
}

// Multiplies, and tells whether zero may be nearer than the left end for some: then they need a look of their own.
// `bound` is the share of the sampled time up to the left end, rounded up.
EMBERLINE_VECTORISED bool scale(const double* first, const double* risen, std::size_t count, double by, double bound,
                                double* raised) {
    std::uint64_t near_zero = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const bool close = (risen[i] > 0) & (first[i] >= 0) & (first[i] <= risen[i] * bound);
        near_zero |= static_cast<std::uint64_t>(close);
        raised[i] = risen[i] * by;
    }
    return near_zero != 0;
}

EMBERLINE_VECTORISED void clamp(const double* first, const double* risen, std::size_t count, const Spans& spans,
                                bool zero_first, double divisor, double* raised) {
    for (std::size_t i = 0; i < count; ++i) raised[i] = increase(risen[i], first[i], spans, zero_first, divisor);
}

EMBERLINE_VECTORISED void scatter(const double* first, const double* intervals, const double* sampled,
                                  const double* to_start, const double* to_end, std::size_t count, bool zero_first,
                                  double divisor, double* risen) {
    for (std::size_t i = 0; i < count; ++i) {
        const Spans spans = Spans::of(intervals[i], sampled[i], to_start[i], to_end[i]);
        risen[i] = increase(risen[i], first[i], spans, zero_first, divisor);
    }
}

// `begin + i * by` for window i of a stretch is exact: these are whole milliseconds.
EMBERLINE_VECTORISED void sweep(const double* first, const Distances& begin, const Distances& by, std::size_t done,
                                std::size_t count, bool zero_first, double divisor, double* risen) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto nth = static_cast<double>(done + i);
        const Spans spans = Spans::of(begin.intervals + nth * by.intervals, begin.sampled + nth * by.sampled,
                                      begin.to_start + nth * by.to_start, begin.to_end + nth * by.to_end);
        risen[i] = increase(risen[i], first[i], spans, zero_first, divisor);
    }
}

// One value for each step, `stride` samples apart.
const double* strided(const double* values, std::size_t stride, std::size_t count, double* gathered) {
    if (stride == 1) return values;
    for (std::size_t i = 0; i < count; ++i) gathered[i] = values[i * stride];
    return gathered;
}

// What holds for every window of a stretch whose ends move alike.
class Even {
public:
    Even(const Distances& distances, const Wanted& wanted)
        : spans_(Spans::of(distances.intervals, distances.sampled, distances.to_start, distances.to_end)),
          zero_first_(wanted.profile.zero_first),
          divisor_(wanted.divisor()) {
        const double to_start = spans_.near(spans_.to_start);
        by_ = ((spans_.sampled + to_start) + spans_.near(spans_.to_end)) / spans_.sampled / divisor_;
        bound_ = (zero_first_ ? spans_.to_start : to_start) / spans_.sampled * margin;
    }

    void extrapolate(const double* first, const double* risen, std::size_t count, double* raised) const {
        if (scale(first, risen, count, by_, bound_, raised)) {
            clamp(first, risen, count, spans_, zero_first_, divisor_, raised);
        }
    }

private:
    Spans spans_;
    bool zero_first_;
    double divisor_, by_, bound_;
};

}  // namespace

double extrapolated(double risen, double first, const Distances& distances, const Wanted& wanted) {
    const Spans spans = Spans::of(distances.intervals, distances.sampled, distances.to_start, distances.to_end);
    return increase(risen, first, spans, wanted.profile.zero_first, wanted.divisor());
}

void extrapolate(const Stretched& windows, const Distances& begin, const Distances& by, const Wanted& wanted,
                 double* raised) {
    double firsts[block], lasts[block], risen[block];
    const bool even = windows.left == windows.right && windows.left != 0;
    const Even alike(begin, wanted);
    for (std::size_t done = 0; done < windows.steps; done += block) {
        const std::size_t count = std::min(block, windows.steps - done);
        const double* const first = strided(windows.first + done * windows.left, windows.left, count, firsts);
        const double* const last = strided(windows.last + done * windows.right, windows.right, count, lasts);
        subtract(first, last, count, risen);
        for (const std::uint32_t reset : windows.resets) add(windows.values[reset - 1], count, risen);
        if (even) {
            alike.extrapolate(first, risen, count, raised + done);
        } else {
            sweep(first, begin, by, done, count, wanted.profile.zero_first, wanted.divisor(), risen);
            std::copy_n(risen, count, raised + done);
        }
    }
}

void Scattered::extrapolate(const Wanted& wanted) {
    scatter(first_.data(), intervals_.data(), sampled_.data(), to_start_.data(), to_end_.data(), count_,
            wanted.profile.zero_first, wanted.divisor(), risen_.data());
    for (std::size_t i = 0; i < count_; ++i) *raised_[i] = risen_[i];
    count_ = 0;
}

}  // namespace emberline::ranges
