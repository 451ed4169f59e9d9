import { Link } from '@tanstack/react-router';
import { basePath } from '../../api/base-path.ts';

export function Brand() {
  return (
    <Link to="/" className="flex items-center gap-2 rounded-md px-1 font-semibold text-lg tracking-tight">
      <img src={`${basePath}/favicon.svg`} alt="" width="24" height="24" />
      Ringback
    </Link>
  );
}
