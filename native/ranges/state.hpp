// The state machine of Prometheus' alerting rules (`AlertingRule.Eval` in its rules/alerting.go), for one alert.
#pragma once

#include <cstdint>
#include <limits>

namespace emberline::ranges {

enum class Status : std::uint8_t { inactive, pending, firing };

class State {
public:
    State(std::int64_t hold, std::int64_t keep) : hold_(hold), keep_(keep) {}

    Status status() const { return status_; }

    // After an evaluation at `at` that found the condition to hold or not.
    Status step(bool holding, std::int64_t at) {
        if (holding) {
            kept_since_ = never;
            if (status_ == Status::inactive) {
                status_ = Status::pending;
                active_at_ = at;
            }
            if (status_ == Status::pending && at - active_at_ >= hold_) status_ = Status::firing;
        } else if (status_ == Status::firing && keep_ > 0) {
            if (kept_since_ == never) kept_since_ = at;
            if (at - kept_since_ >= keep_) status_ = Status::inactive;
        } else {
            status_ = Status::inactive;
        }
        return status_;
    }

private:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

    std::int64_t hold_, keep_;
    std::int64_t active_at_ = 0, kept_since_ = never;
    Status status_ = Status::inactive;
};

}  // namespace emberline::ranges
