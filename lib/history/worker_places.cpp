// See worker_places.hpp.
#include "history/worker_places.hpp"

#include "history/attempt.hpp"

#include <algorithm>

namespace prun::history {
namespace {

constexpr std::size_t most_lives = 100'000;

}  // namespace

void WorkerPlaces::started(std::uint32_t worker, std::int32_t pid, std::int64_t time) {
  count_ = std::max(count_, worker + 1);
  Here here{worker, std::nullopt};
  if (lives_.size() < most_lives) {
    here.life = lives_.size();
    lives_.push_back({worker, pid, time, std::nullopt, 0});
  }
  recent_.fill({});  // the system may have given its number again
  if (pid == 0) {
    unknown_.push_back(here);
  } else {
    here_[pid] = here;
  }
}

void WorkerPlaces::ended(std::uint32_t worker, std::int32_t pid, std::int64_t time, std::int32_t status) {
  const auto known = here_.find(pid);
  const auto unknown =
      std::find_if(unknown_.begin(), unknown_.end(), [&](const Here& h) { return h.worker == worker; });
  std::optional<std::size_t> life;
  if (known != here_.end() && known->second.worker == worker) {
    life = known->second.life;  // it stays findable: what it did last may be told later
  } else if (unknown != unknown_.end()) {
    life = unknown->life;
    unknown_.erase(unknown);
  }
  if (!life) return;
  WorkerLife& ended = lives_[*life];
  if (ended.pid == 0) ended.pid = pid;
  ended.ended = time;
  ended.status = status;
}

std::uint32_t WorkerPlaces::look_up(std::int32_t pid) {
  if (pid == 0) return Attempt::no_worker;
  auto found = here_.find(pid);
  if (found == here_.end()) {
    Here here{count_, std::nullopt};
    if (unknown_.empty()) {
      ++count_;
    } else {
      here = unknown_.front();
      unknown_.erase(unknown_.begin());
      if (here.life) lives_[*here.life].pid = pid;
    }
    found = here_.emplace(pid, here).first;
  }
  const std::uint32_t place = std::min(found->second.worker, Attempt::no_worker - 1);
  recent_[static_cast<std::uint32_t>(pid) % recent_.size()] = {pid, place};
  return place;
}

}  // namespace prun::history
