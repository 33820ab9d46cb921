#include "sys/module_place.hpp"

#include <link.h>

#include <cstddef>

namespace prun::sys {
namespace {

bool covers(const dl_phdr_info& module, std::uintptr_t address) {
  for (int i = 0; i < module.dlpi_phnum; ++i) {
    const auto& part = module.dlpi_phdr[i];
    if (part.p_type == PT_LOAD && address - (module.dlpi_addr + part.p_vaddr) < part.p_memsz) return true;
  }
  return false;
}

}  // namespace

std::optional<ModulePlace> place_of(const void* address) {
  struct Search {
    std::uintptr_t address = 0;
    std::optional<ModulePlace> found;
  } search{reinterpret_cast<std::uintptr_t>(address), {}};
  ::dl_iterate_phdr(
      [](dl_phdr_info* module, std::size_t, void* data) {
        auto& wanted = *static_cast<Search*>(data);
        if (!covers(*module, wanted.address)) return 0;
        wanted.found = ModulePlace{module->dlpi_name, wanted.address - module->dlpi_addr};
        return 1;
      },
      &search);
  return search.found;
}

const void* address_of(const ModulePlace& place) {
  struct Search {
    const ModulePlace& place;
    std::uintptr_t found;
  } search{place, 0};
  ::dl_iterate_phdr(
      [](dl_phdr_info* module, std::size_t, void* data) {
        auto& wanted = *static_cast<Search*>(data);
        if (wanted.place.module != module->dlpi_name) return 0;
        const std::uintptr_t address = module->dlpi_addr + wanted.place.offset;
        if (covers(*module, address)) wanted.found = address;
        return 1;
      },
      &search);
  return reinterpret_cast<const void*>(search.found);
}

}  // namespace prun::sys
