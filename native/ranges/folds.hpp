// Values taken one after the other, as Prometheus' aggregators and functions over time take them (`aggregation` in its
// promql/engine.go, the functions over time in its promql/functions.go).
#pragma once

#include <cmath>
#include <limits>

#include "samples.hpp"

namespace emberline::ranges {

// What `raised = total + added` rounded away, exactly (Knuth's TwoSum).
inline double rounding(double total, double added, double raised) {
    const double gained = raised - total;
    return (total - (raised - gained)) + (added - gained);
}

// Neumaier's step (`kahanSumInc`): the sum, and all that rounding has taken so far, forgotten once the sum is infinite.
inline void raise(double& total, double& lost, double added) {
    const double raised = total + added;
    lost = std::isinf(raised) ? 0.0 : lost + rounding(total, added, raised);
    total = raised;
}

class SumOf {
public:
    explicit SumOf(bool compensated) : compensated_(compensated) {}
    void add(double value) { raise(total_, lost_, value); }
    double result() const { return compensated_ ? total_ + lost_ : total_; }

private:
    bool compensated_;
    double total_ = -0.0, lost_ = 0.0;  // -0.0 + x is x, whatever x is
};

// The compensated sum by the count (since 3.5); from where it would overflow on, a running mean.
class MeanOf {
public:
    void add(double value) {
        ++count_;
        if (count_ > 1 && !running_ && std::isinf(total_ + value)) {
            running_ = true;
            total_ /= count_ - 1;
            lost_ /= count_ - 1;
        }
        if (running_) {
            total_ *= (count_ - 1) / count_;
            lost_ *= (count_ - 1) / count_;
            raise(total_, lost_, value / count_);
        } else {
            raise(total_, lost_, value);
        }
    }
    double result() const { return running_ ? total_ + lost_ : total_ / count_ + lost_ / count_; }

private:
    bool running_ = false;
    double total_ = -0.0, lost_ = 0.0, count_ = 0.0;
};

// The mean moved by each value (2.42); once infinite, finite values leave it.
class RunningMeanOf {
public:
    explicit RunningMeanOf(bool compensated) : compensated_(compensated) {}
    void add(double value) {
        ++count_;
        if (std::isinf(total_) && (std::isfinite(value) || value == total_)) return;
        raise(total_, lost_, count_ == 1 ? value : value / count_ - total_ / count_);
    }
    double result() const { return compensated_ ? total_ + lost_ : total_; }

private:
    bool compensated_;
    double total_ = -0.0, lost_ = 0.0, count_ = 0.0;
};

// The first of the values that no other is better than; NaN only among nothing else.
class ExtremeOf {
public:
    explicit ExtremeOf(bool largest) : largest_(largest) {}
    void add(double value) {
        if (std::isnan(kept_) || (largest_ ? value > kept_ : value < kept_)) kept_ = value;
    }
    double result() const { return kept_; }

private:
    bool largest_;
    double kept_ = std::numeric_limits<double>::quiet_NaN();
};

enum class Fold : std::int64_t { sum, avg, min, max };

// Calls `use` with the fold of this name, empty, as the profile has it.
template <typename Use>
void with_fold(Fold fold, const Profile& profile, bool compensated, const Use& use) {
    switch (fold) {
        case Fold::sum: return use(SumOf(compensated));
        case Fold::avg: return profile.running_mean ? use(RunningMeanOf(compensated)) : use(MeanOf());
        case Fold::min: return use(ExtremeOf(false));
        case Fold::max: return use(ExtremeOf(true));
    }
}

}  // namespace emberline::ranges
