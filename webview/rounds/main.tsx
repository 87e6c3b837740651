import { mountPanel } from "../shared/mount.tsx";
import { RoundsPanel } from "./panel.tsx";
import "./rounds.css";

mountPanel("rounds", RoundsPanel);
