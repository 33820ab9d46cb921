#include "progress/played_run.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace prun {
namespace {

// The number of tasks that are assigned to workers one by one. Earlier tasks are only summed up, because the assignment matters only at
// the end of a run.
constexpr std::uint64_t most_scheduled = 256;

// The maximum number of draws to find a duration that is longer than a running task's age.
constexpr int most_tries = 40;

}  // namespace

PlayedRun::PlayedRun(const KnownRest& rest, std::uint64_t seed)
    : rest_(&rest), random_(static_cast<std::uint_fast32_t>(seed)) {
  for (const double log : rest.model.logs) seconds_.push_back(std::exp(log));
  std::normal_distribution<double> normal;
  for (double& value : normal_) value = normal(random_);
  std::sort(normal_.begin(), normal_.end());
  for (std::size_t i = 0; i < quantiles / 2; ++i) {  // symmetrical
    const double half = (normal_[quantiles - 1 - i] - normal_[i]) / 2;
    normal_[i] = -half;
    normal_[quantiles - 1 - i] = half;
  }
}

void PlayedRun::draw_from_seen() {
  const DurationModel& model = rest_->model;
  std::discrete_distribution<std::size_t> choose(model.weights.begin(), model.weights.end());
  drawn_.resize(seconds_.size());
  for (double& drawn : drawn_) drawn = seconds_[choose(random_)];
  const double width = model.smoothing;
  for (std::size_t i = 0; i < quantiles; ++i) noise_[i] = std::exp(width * normal_[i] - width * width / 2);  // mean: 1
}

void PlayedRun::draw_from_family() {
  const auto freedom = static_cast<double>(rest_->model.logs.size()) - 1;
  std::gamma_distribution<double> chi_squared(freedom / 2, 2);
  const double deviation = rest_->model.deviation / std::sqrt(std::max(chi_squared(random_) / freedom, 0.1));
  drawn_.assign(1, std::exp(rest_->model.mean + deviation * normal() / std::sqrt(freedom + 1)));
  for (std::size_t i = 0; i < quantiles; ++i) noise_[i] = std::exp(deviation * normal_[i]);
}

double PlayedRun::draw(const std::optional<DurationTrend>& trend, double index) {
  if (!trend) return draw();
  return std::exp(trend->log_at(index, level_off_, slope_off_) + trend->deviation * normal());
}

double PlayedRun::remainder_of(const KnownRest::Running& running) {
  const auto index = static_cast<double>(running.task.index);
  const double age = running.task.age.value_or(0);
  for (int tries = 0; tries < most_tries; ++tries) {
    const double duration = draw(running.trend, index);
    if (duration > age) return duration - age;
  }
  // The task is older than all drawn durations. It is assumed to take about as long as it has taken so far.
  return age * std::exponential_distribution<double>(1.4)(random_);
}

/// A geometric series, and what comes behind the end of the slope.
double PlayedRun::sloping_work_of_many(const DurationTrend& trend, double count) const {
  const auto first = static_cast<double>(rest_->next_index);
  const double slope = trend.slope + slope_off_ * trend.slope_error;
  const double sloping = std::clamp(trend.last_index - first, 0.0, count);
  const double steps = slope == 0 ? sloping : std::expm1(slope * sloping) / std::expm1(slope);
  const double work = std::exp(trend.log_at(first, level_off_, slope_off_)) * steps;
  if (sloping == count) return work;
  return work + (count - sloping) * std::exp(trend.log_at(trend.last_index, level_off_, slope_off_));
}

double PlayedRun::work_of_many(std::uint64_t count) {
  const auto many = static_cast<double>(count);
  if (rest_->coming) return sloping_work_of_many(*rest_->coming, many);
  const auto mean_of = [](const auto& values, auto power) {
    double sum = 0;
    for (const double value : values) sum += power == 1 ? value : value * value;
    return sum / static_cast<double>(values.size());
  };
  const double mean = mean_of(drawn_, 1) * mean_of(noise_, 1);
  const double variance = std::max(mean_of(drawn_, 2) * mean_of(noise_, 2) - mean * mean, 0.0);
  return many * std::max(mean + normal() * std::sqrt(variance / many), 0.0);
}

double PlayedRun::end() {
  level_off_ = normal();
  slope_off_ = normal();
  free_at_.assign(std::max(rest_->workers, rest_->running.size()), 0);
  for (std::size_t i = 0; i < rest_->running.size(); ++i) free_at_[i] = remainder_of(rest_->running[i]);
  double last = *std::max_element(free_at_.begin(), free_at_.end());
  std::uint64_t index = rest_->next_index;
  std::uint64_t count = rest_->not_started;
  if (count > most_scheduled) {
    const double each = work_of_many(count - most_scheduled) / static_cast<double>(free_at_.size());
    for (double& free : free_at_) free += each;
    last += each;
    index += count - most_scheduled;
    count = most_scheduled;
  }
  std::make_heap(free_at_.begin(), free_at_.end(), std::greater<>());
  for (; count != 0; --count, ++index) {
    std::pop_heap(free_at_.begin(), free_at_.end(), std::greater<>());
    free_at_.back() += draw(rest_->coming, static_cast<double>(index));
    last = std::max(last, free_at_.back());
    std::push_heap(free_at_.begin(), free_at_.end(), std::greater<>());
  }
  return last;
}

}  // namespace prun
