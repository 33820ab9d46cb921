// The nodes as the run sees them: handing out tasks, and the end. nodes_events.cpp has the other half: what nodes say.
#include "cluster/nodes.hpp"

#include "command/command_words.hpp"
#include "sys/error.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace prun::cluster {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t largest_batch = 4096;
constexpr std::uint64_t with_files = 1;          // a task goes behind its files
constexpr std::chrono::seconds leaving_time{2};  // for agents to leave when the run is done

}  // namespace

Nodes::Nodes(NodesOptions options)
    : options_(std::move(options)),
      names_(options_.local_name, options_.hosts),
      epoll_(sys::checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  const auto now = Clock::now();
  for (const Host& host : options_.hosts) {
    const auto number = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back(std::make_unique<Node>(number, host, options_.patience, now, static_cast<NodeListener&>(*this)));
  }
  for (const auto& node : nodes_) states_.push_back(&node->state());
  waits_for_room_.resize(nodes_.size());
  live_ = nodes_.size();
}

Nodes::~Nodes() = default;

void Nodes::start(const RunView& view) {
  static_cast<void>(view);
  if (pulse_ == nullptr) pulse_ = std::make_unique<Pulse>(options_.patience.dead_after / 3);
}

void Nodes::take_work(std::uint32_t local_idle) {
  if (work_ == nullptr || ending_ || recalling_all_) return;
  dealer_.deal(states_, Clock::now(), local_idle, *this);
  flush_all();
}

bool Nodes::give(std::size_t number, std::uint64_t most) {
  Node& node = *nodes_[number];
  const std::uint64_t largest = options_.task_files.any() ? with_files : largest_batch;
  while (most > 0) {
    TaskBatch batch;
    if (!work_->next(std::min(most, largest), batch)) return false;
    if (options_.task_files.any()) send_files(number, batch);
    for (std::uint64_t i = 0; i < batch.count; ++i) node.state().sent({batch.first_index + i, batch.attempt});
    node.add(FrameType::tasks, encode(batch));
    most -= std::min(most, batch.count);
  }
  return true;
}

void Nodes::send_files(std::size_t number, const TaskBatch& batch) {
  wire::ValueReader items(batch.items);
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    const std::string_view args = take_item(items).args;
    const std::uint64_t index = batch.first_index + i;
    for (const std::string& name : command::file_names(options_.task_files.sent, args, index))
      nodes_[number]->link()->outlet()->add_file({.name = name}, name);
    returned_files_.expect(index, command::file_names(options_.task_files.returned, args, index));
  }
}

void Nodes::recall(std::size_t number, std::uint64_t count) {
  nodes_[number]->add(FrameType::recall, encode_number(count));
}

void Nodes::flush_all() {
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = *nodes_[number];
    if (node.link() == nullptr) continue;
    node.link()->outlet()->flush();  // an end of the stream is seen where it is read
    wait_for_room(node, number);
  }
}

void Nodes::tell_all(FrameType type, std::string_view body) {
  for (const auto& node : nodes_) {
    if (node->link() != nullptr && node->state().working()) node->add(type, body);
  }
  flush_all();
}

void Nodes::recall_all() {
  if (std::exchange(recalling_all_, true)) return;
  tell_all(FrameType::recall, encode_number(UINT64_MAX));
}

void Nodes::stop(std::uint32_t reason) {
  if (std::exchange(ending_, true)) return;
  tell_all(FrameType::stop, encode_number(reason));
}

bool Nodes::stopping() const {
  return std::ranges::any_of(nodes_, [](const auto& node) {
    return node->state().working() && node->state().held() != 0 && !node->said_goodbye();
  });
}

bool Nodes::busy() const {
  return std::ranges::any_of(nodes_, [](const auto& node) { return node->state().held() != 0; });
}

std::uint32_t Nodes::workers() const {
  std::uint32_t count = 0;
  for (const auto& node : nodes_) count += node->state().workers();
  return count;
}

std::optional<RunPart::Clock::time_point> Nodes::next_time() const {
  if (ending_) return std::nullopt;
  if (failed_) return Clock::now();  // the run has to notice
  std::optional<Clock::time_point> next;
  for (const auto& node : nodes_) {
    const auto time = node->state().next_time();
    if (time && (!next || *time < *next)) next = time;
  }
  const auto look = dealer_.next_time(states_, Clock::now());
  return look && (!next || *look < *next) ? look : next;
}

void Nodes::on_time() {
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = *nodes_[number];
    node.note_progress();
    switch (node.state().due(Clock::now())) {
      case NodeState::Due::nothing: continue;
      case NodeState::Due::start:
        if (recalling_all_) {
          node.state().finished();  // nothing is left for it to do
        } else {
          start_node(node, number);
        }
        continue;
      case NodeState::Due::quiet: tell_quiet(node); continue;
      case NodeState::Due::too_slow: on_lost(number, too_slow(), false); continue;
      case NodeState::Due::silent: break;
    }
    node.read_out();  // this process may have been slow itself: then there is something to read
    if (node.state().due(Clock::now()) != NodeState::Due::silent) continue;
    on_lost(
        number,
        fmt::format("no sign of life for {:g} s", std::chrono::duration<double>(options_.patience.dead_after).count()),
        false);
  }
}

std::string Nodes::advice_for(const Host& host) const {
  return "try it with: " + command::join_words(launcher_words(options_.launcher, host, options_.check));
}

std::string Nodes::too_slow() const {
  return fmt::format("its agent did not start, and received nothing, for {:g} s",
                     std::chrono::duration<double>(options_.patience.start_limit).count());
}

void Nodes::tell_quiet(Node& node) {
  node.state().told_quiet();
  const auto seconds = [](milliseconds time) { return std::chrono::duration<double>(time).count(); };
  options_.warn(fmt::format("{} has not answered for {:g} s, and prun waits for it up to {:g} s; {}", node.host().name,
                            seconds(options_.patience.quiet_after), seconds(options_.patience.start_limit),
                            advice_for(node.host())));
}

void Nodes::limit_calls(std::chrono::nanoseconds limit) {
  if (limit == call_limit_) return;
  call_limit_ = limit;
  tell_all(FrameType::limit, encode_number(static_cast<std::uint64_t>(limit.count())));
}

void Nodes::before_pause() { tell_all(FrameType::pause, {}); }

void Nodes::after_pause() {
  for (const auto& node : nodes_) node->state().forgive(Clock::now());
  tell_all(FrameType::resume, {});
}

void Nodes::before_end() { stop(0); }

// Agents have said goodbye, or are told by the end of their input.
void Nodes::finish() {
  pulse_.reset();
  for (const auto& node : nodes_) {
    if (node->link() == nullptr) continue;
    if (const auto why = node->why_not_started()) {
      options_.warn(fmt::format("{} took no part: {}; {}", node->host().name, *why, advice_for(node->host())));
    } else if (node->state().working()) {
      node->link()->outlet()->flush();
      node->link()->outlet()->close();
    } else {
      node->link()->ask_to_end();
    }
  }
  const auto limit = Clock::now() + leaving_time;
  for (const auto& node : nodes_) {
    if (node->link() == nullptr) continue;
    const auto left = std::max(limit - Clock::now(), Clock::duration::zero());
    static_cast<void>(node->link()->ends_within(std::chrono::duration_cast<milliseconds>(left)));
    node->drop_link();
  }
}

void Nodes::watch(Node& node, std::uint32_t number) {
  for (const auto& [fd, which] : {std::pair(node.link()->out_fd(), 0U), std::pair(node.link()->err_fd(), 1U)}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = std::uint64_t{number} * 4 + which;
    sys::checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }
  waits_for_room_[number] = false;
}

void Nodes::wait_for_room(Node& node, std::uint32_t number) {
  const bool waits = node.link()->outlet()->waits();
  if (waits == waits_for_room_[number]) return;
  waits_for_room_[number] = waits;
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u64 = std::uint64_t{number} * 4 + 2;
  static_cast<void>(
      ::epoll_ctl(epoll_.get(), waits ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, node.link()->outlet()->fd(), &event));
}

void Nodes::start_node(Node& node, std::uint32_t number) {
  Setup setup = options_.setup;
  setup.workers = node.host().workers;
  setup.host = node.host().name;
  setup.files = static_cast<std::uint32_t>(options_.files.size());
  setup.measured = work_ != nullptr && work_->measured();
  try {
    node.start(launcher_words(options_.launcher, node.host(), options_.agent), options_.own, setup);
  } catch (const std::system_error& e) {
    return on_lost(
        number,
        fmt::format("its launcher cannot be started: {}; install that program, or name another with --launcher",
                    e.what()),
        true);
  }
  watch(node, number);
  options_.note(fmt::format("{}: started its launcher", node.host().name));
}

void Nodes::on_readable() {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t what = events[static_cast<std::size_t>(i)].data.u64;
    const auto number = static_cast<std::uint32_t>(what / 4);
    Node& node = *nodes_[number];
    if (node.link() == nullptr) continue;
    if (what % 4 == 0) {
      node.read_out();
      if (node.link() != nullptr) wait_for_room(node, number);
    }
    if (what % 4 == 1 && node.link() != nullptr) node.read_err();
    if (what % 4 == 2 && node.link() != nullptr) {
      const bool open = node.link()->outlet()->flush();
      if (open) wait_for_room(node, number);
    }
  }
}

}  // namespace prun::cluster
