import { mountPanel } from "../shared/mount.tsx";
import { RatePanel } from "./panel.tsx";
import "./style.css";

mountPanel("rate", RatePanel);
