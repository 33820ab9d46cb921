#include "progress/duration_model.hpp"

#include <algorithm>
#include <cmath>

namespace prun {
namespace {

struct Observed {
  double log;
  double weight;
  bool ended;
};

std::vector<Observed> observe(std::span<const DurationSample::Measured> ended, std::span<const Underway> running) {
  constexpr double shortest = 1e-9;  // 0 has no logarithm
  std::vector<Observed> observed;
  observed.reserve(ended.size() + running.size());
  for (const auto& task : ended) observed.push_back({std::log(std::max(task.seconds, shortest)), task.weight, true});
  for (const Underway& task : running) {
    if (task.age) observed.push_back({std::log(std::max(*task.age, shortest)), 1, false});
  }
  // At equal durations, ended tasks come first, because a running task will be longer.
  std::sort(observed.begin(), observed.end(),
            [](const Observed& a, const Observed& b) { return a.log != b.log ? a.log < b.log : a.ended && !b.ended; });
  return observed;
}

void add_product_limit(DurationModel& model, const std::vector<Observed>& observed) {
  double at_risk = 0;
  for (const Observed& task : observed) at_risk += task.weight;
  double surviving = 1;
  for (const Observed& task : observed) {
    if (task.ended) {
      const double share = surviving * task.weight / at_risk;
      model.logs.push_back(task.log);
      model.weights.push_back(share);
      surviving -= share;
    }
    at_risk -= task.weight;
  }
  if (surviving < 1e-9) return;
  // The longest task still runs. Its duration is assumed to be about 1.6 times its age.
  model.logs.push_back(observed.back().log + 0.5);
  model.weights.push_back(surviving);
}

double quantile(const DurationModel& model, double share) {
  double below = 0;
  for (std::size_t i = 0; i < model.logs.size(); ++i) {
    below += model.weights[i];
    if (below >= share) return model.logs[i];
  }
  return model.logs.back();
}

/// Silverman's rule, with quartiles so that two distant groups of tasks stay separate.
double smoothing_of(const DurationModel& model) {
  const double spread = (quantile(model, 0.75) - quantile(model, 0.25)) / 1.34;
  return 0.9 * std::min(model.deviation, spread) * std::pow(static_cast<double>(model.logs.size()), -0.2);
}

}  // namespace

DurationModel learn(std::span<const DurationSample::Measured> ended, std::span<const Underway> running) {
  DurationModel model;
  add_product_limit(model, observe(ended, running));
  for (std::size_t i = 0; i < model.logs.size(); ++i) model.mean += model.weights[i] * model.logs[i];
  double squares = 0;
  double cubes = 0;
  for (std::size_t i = 0; i < model.logs.size(); ++i) {
    const double distance = model.logs[i] - model.mean;
    squares += model.weights[i] * distance * distance;
    cubes += model.weights[i] * distance * distance * distance;
  }
  model.deviation = std::sqrt(squares);
  model.smoothing = smoothing_of(model);
  // The skewness of a symmetrical sample differs from 0 by about sqrt(6 / n).
  const double skewness = squares > 0 ? cubes / (squares * model.deviation) : 0;
  model.log_normal = std::abs(skewness) < 2 * std::sqrt(6 / static_cast<double>(model.logs.size()));
  return model;
}

}  // namespace prun
