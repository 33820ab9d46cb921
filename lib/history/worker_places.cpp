// See worker_places.hpp.
#include "history/worker_places.hpp"

#include "history/attempt.hpp"

#include <algorithm>

namespace prun::history {
namespace {

constexpr std::size_t most_lives = 100'000;

}  // namespace

void WorkerPlaces::started(std::uint32_t worker, std::int32_t pid, std::int64_t time) {
  works_at(place_in_pool(worker), this_machine, pid, time);
}

void WorkerPlaces::works_at(std::uint32_t place, std::uint32_t host, std::int32_t pid, std::int64_t time) {
  count_ = std::max(count_, place + 1);
  if (host != this_machine) {
    hosts_at_.resize(std::max<std::size_t>(hosts_at_.size(), place + 1), this_machine);
    hosts_at_[place] = host;
  }
  Here here{place, std::nullopt};
  if (lives_.size() < most_lives) {
    here.life = lives_.size();
    lives_.push_back({place, pid, time, std::nullopt, 0});
  }
  recent_.fill({});  // the system may have reused its process id
  if (pid == 0) {
    unknown_.push_back(here);
  } else {
    here_[key_of(pid, host)] = here;
  }
}

std::uint32_t WorkerPlaces::host_number(std::string_view name) {
  const auto known = std::find(hosts_.begin(), hosts_.end(), name);
  if (known != hosts_.end()) return static_cast<std::uint32_t>(known - hosts_.begin());
  hosts_.emplace_back(name);
  return static_cast<std::uint32_t>(hosts_.size() - 1);
}

// If a pool starts slowly, workers of other machines may already have the places of its workers.
std::uint32_t WorkerPlaces::place_in_pool(std::uint32_t worker) {
  if (host_at(worker).empty()) return worker;
  const auto [known, added] = moved_.try_emplace(worker, count_);
  if (added) ++count_;
  return known->second;
}

std::uint32_t WorkerPlaces::new_place(std::uint32_t host) {
  if (host != this_machine) {
    hosts_at_.resize(count_ + 1, this_machine);
    hosts_at_[count_] = host;
  }
  return count_++;
}

void WorkerPlaces::ended(std::uint32_t worker, std::int32_t pid, std::int64_t time, std::int32_t status) {
  worker = place_in_pool(worker);
  const auto known = here_.find(key_of(pid, this_machine));
  const auto unknown =
      std::find_if(unknown_.begin(), unknown_.end(), [&](const Here& h) { return h.worker == worker; });
  std::optional<std::size_t> life;
  if (known != here_.end() && known->second.worker == worker) {
    life = known->second.life;  // it can still be found, because its last attempt may be reported later
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

std::uint32_t WorkerPlaces::look_up(std::int32_t pid, std::uint32_t host) {
  if (pid == 0) return Attempt::no_worker;
  auto found = here_.find(key_of(pid, host));
  if (found == here_.end()) {
    Here here;
    if (host != this_machine || unknown_.empty()) {
      here.worker = new_place(host);
    } else {
      here = unknown_.front();
      unknown_.erase(unknown_.begin());
      if (here.life) lives_[*here.life].pid = pid;
    }
    found = here_.emplace(key_of(pid, host), here).first;
  }
  const std::uint32_t place = std::min(found->second.worker, Attempt::no_worker - 1);
  recent_[static_cast<std::uint32_t>(pid) % recent_.size()] = {pid, host, place};
  return place;
}

}  // namespace prun::history
