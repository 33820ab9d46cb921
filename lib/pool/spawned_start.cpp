// The constructor below is the first of its module. If the program's arguments mark it as a server (start_mark.hpp), it
// stores a function in the last entry of the program's .init_array, in memory only. That function is called after all
// constructors of the program and of its libraries. It calls the original function of that entry and then becomes the
// server. A program that is started in the usual way is not changed.
#include "pool/spawned_start.hpp"

#include "pool/guardian.hpp"
#include "pool/handover.hpp"
#include "pool/server_process.hpp"
#include "ring/region.hpp"
#include "sys/module_place.hpp"
#include "sys/module_table.hpp"
#include "sys/process.hpp"
#include "sys/shared_memory.hpp"
#include "worker/peer_address.hpp"
#include "worker/worker_process.hpp"

#include <prun/detail/callable.hpp>

#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using Constructor = void (*)(int, char**, char**);

// Defined in a statically linked program. Otherwise the linker leaves them null.
extern "C" {
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): names of the linker
[[gnu::weak, gnu::visibility("hidden")]] extern Constructor __init_array_start[];
[[gnu::weak, gnu::visibility("hidden")]] extern Constructor __init_array_end[];
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
}

namespace prun::pool {
namespace {

// Of this process, set once, before main().
int own_socket = -1;
Constructor last_constructor = nullptr;

constexpr std::string_view ready("\0", 1);

void say_hello(std::string_view trouble) noexcept { ::send(own_socket, trouble.data(), trouble.size(), MSG_NOSIGNAL); }

void restore_preload(const Handover& handover) {
  if (!handover.preloaded) return;
  if (handover.preload.empty()) {
    ::unsetenv("LD_PRELOAD");  // NOLINT(concurrency-mt-unsafe): nobody else runs yet
  } else {
    ::setenv("LD_PRELOAD", handover.preload.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  }
}

worker::WorkerSetup setup_of(const Handover& handover) {
  worker::WorkerSetup setup;
  setup.environment = handover.environment;
  if (!handover.initializer.empty()) {
    std::string_view bytes = handover.initializer;
    detail::read_std_function(bytes, &setup.initializer);
  }
  return setup;
}

[[noreturn]] void serve() {
  std::array<sys::Fd, Handover::descriptors> fds;
  const Handover handover = receive_handover(own_socket, fds);
  restore_preload(handover);
  const ring::Region region{sys::SharedMemory(std::move(fds[Handover::region]))};
  Guardian::Place place{handover.guardian_mark, {}};
  for (std::size_t i = 0; i < place.pipes.size(); ++i) place.pipes[i] = std::move(fds[Handover::guardian + i]);
  Guardian guardian(region, std::move(place));
  sys::PeerModules modules{sys::SharedMemory(std::move(fds[Handover::modules]))};
  worker::set_peer_modules(&modules);
  worker::WorkerSetup setup = setup_of(handover);
  setup.event_fd = fds[Handover::bell].get();
  setup.peer = &modules;
  const std::function<void(std::uint32_t)> worker_main = [&](std::uint32_t worker) {
    worker::run_worker_process(region, worker, setup);
  };
  const std::function<void()> nothing;
  const ServerCharge charge{&region, &worker_main, handover.initial, &nothing};
  ::prctl(PR_SET_PDEATHSIG, 0);  // the thread that has spawned this process may exit from now on
  say_hello(ready);
  ServerProcess(charge, sys::Fd(own_socket), guardian, handover.master).run();
}

[[noreturn]] void become_server() {
  try {
    serve();
  } catch (const std::exception& e) {
    say_hello(e.what());
  } catch (...) {
    say_hello("an exception that is not a std::exception");
  }
  ::_exit(1);
}

void run_last_constructor(int argc, char** argv, char** environment) {
  last_constructor(argc, argv, environment);
  become_server();
}

struct Constructors {
  Constructor* begin = nullptr;
  Constructor* end = nullptr;
};

Constructors constructors_of_program() {
  Constructors found{__init_array_start, __init_array_end};
  ::dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* data) {
        auto& array = *static_cast<Constructors*>(data);
        for (int i = 0; i < program->dlpi_phnum; ++i) {
          if (program->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
          array = {};
          std::size_t size = 0;
          const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(program->dlpi_addr + program->dlpi_phdr[i].p_vaddr);
          for (; entry->d_tag != DT_NULL; ++entry) {
            if (entry->d_tag == DT_INIT_ARRAYSZ) size = entry->d_un.d_val / sizeof(Constructor);
            if (entry->d_tag != DT_INIT_ARRAY) continue;
            array.begin = reinterpret_cast<Constructor*>(program->dlpi_addr + entry->d_un.d_ptr);
          }
          array.end = array.begin + size;
        }
        return 1;  // the program comes first
      },
      &found);
  return found;
}

/// @param self the running constructor
void enter_after_all_constructors(Constructor self) {
  const Constructors all = constructors_of_program();
  if (all.begin == all.end || all.end[-1] == self) become_server();
  Constructor* const last = all.end - 1;
  const std::uintptr_t page = reinterpret_cast<std::uintptr_t>(last) & ~(sys::page_size() - 1);
  if (::mprotect(reinterpret_cast<void*>(page), sys::page_size(), PROT_READ | PROT_WRITE) != 0) {
    say_hello("the system does not let the program's constructors be changed");
    ::_exit(1);
  }
  last_constructor = std::exchange(*last, &run_last_constructor);
}

/// Of this copy of the library: each module that is linked with it statically has one.
std::optional<sys::ModulePlace> own_place() { return sys::place_of(reinterpret_cast<const void*>(&become_server)); }

[[gnu::constructor(101)]] void look_for_mark(int argc, char** argv, char**) {
  const auto mark = read_mark(argc, argv);
  if (!mark) return;
  own_socket = mark->socket;
  ::fcntl(own_socket, F_SETFD, FD_CLOEXEC);
  sys::die_with_parent(mark->master, SIGKILL);
  const auto own = own_place();
  if (own && own->module == mark->module && own->offset == mark->offset) enter_after_all_constructors(&look_for_mark);
}

}  // namespace

StartMark own_mark(int socket) {
  StartMark mark = mark_for(socket);
  if (const auto place = own_place()) {
    mark.module = place->module;
    mark.offset = place->offset;
  }
  return mark;
}

bool is_spawned_start() noexcept { return own_socket >= 0; }

}  // namespace prun::pool
