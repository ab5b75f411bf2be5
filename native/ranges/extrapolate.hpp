// The arithmetic of `extrapolatedRate` (Prometheus' promql/functions.go), step by step and over arrays.
#pragma once

#include <array>

#include "samples.hpp"

namespace emberline::ranges {

// What is wanted of a series: `per_second` divides an increase by the seconds of the window.
struct Wanted {
    std::int64_t window;
    bool per_second;
    Profile profile;

    double divisor() const {
        const double rest = static_cast<double>(window % 1000) * 1e6 / 1e9;
        return per_second ? static_cast<double>(window / 1000) + rest : 1.0;
    }
};

// What the timestamps of a window decide, in seconds.
struct Spans {
    double sampled, average, to_start, to_end;

    static Spans of(double intervals, double sampled_ms, double to_start_ms, double to_end_ms) {
        const double sampled = sampled_ms / 1000;
        return {sampled, sampled / intervals, to_start_ms / 1000, to_end_ms / 1000};
    }
    // How far to extrapolate: to the boundary if a sample was not yet due, else half a sample's distance.
    double near(double distance) const {
        const double half = average / 2;
        return distance < average * 1.1 ? distance : half;
    }
};

// Consecutive windows of one series. Each end stays or moves on evenly: `left` and `right` are its samples a step.
struct Stretched {
    const double* first;
    const double* last;
    std::size_t left, right, steps;
    const double* values;                   // of the series
    std::span<const std::uint32_t> resets;  // places in it of values below the one before, the same in every window
};

// What the timestamps of a window decide, in ms; a double holds every difference of them.
struct Distances {
    double intervals, sampled, to_start, to_end;

    bool operator==(const Distances&) const = default;
};

// What holds for every window of a stretch whose ends move alike. Many a stretch is like the one before.
class Even {
public:
    void know(const Distances& distances, const Wanted& wanted);

    // Where no reset lies between the ends. False where zero may be too near for it.
    bool difference(const double* first, const double* last, std::size_t count, double* raised) const;
    void extrapolate(const double* first, const double* risen, std::size_t count, const Wanted& wanted,
                     double* raised) const;

private:
    Distances distances_{};  // of no window: a window has intervals
    Spans spans_{};
    double by_ = 0, bound_ = 0;
};

// One window.
double extrapolated(double risen, double first, const Distances& distances, const Wanted& wanted);

// `by` is what each of them gains from one window to the next.
void extrapolate(const Stretched& windows, const Distances& begin, const Distances& by, const Wanted& wanted,
                 Even& alike, double* raised);

// Windows each with spans of its own, gathered until they fill arrays.
class Scattered {
public:
    static constexpr std::size_t capacity = 256;

    bool full() const { return count_ == capacity; }

    void add(double first, double risen, const Distances& distances, double* raised) {
        first_[count_] = first;
        risen_[count_] = risen;
        intervals_[count_] = distances.intervals;
        sampled_[count_] = distances.sampled;
        to_start_[count_] = distances.to_start;
        to_end_[count_] = distances.to_end;
        raised_[count_++] = raised;
    }

    // Writes every increase to where it belongs.
    void extrapolate(const Wanted& wanted);

private:
    using Row = std::array<double, capacity>;
    Row first_, risen_, intervals_, sampled_, to_start_, to_end_;
    std::array<double*, capacity> raised_;
    std::size_t count_ = 0;
};

}  // namespace emberline::ranges
