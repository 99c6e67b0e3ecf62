/** What floats above a page; a third of the interface's own code, so it is fetched once the page stands. */
export { Dialog, DropdownMenu, Popover } from 'radix-ui'
